"""What a run may cost, and whether the budget allows it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from runflow_nb.engine.budget import Committed, reserve, upper_bound
from runflow_nb.errors import BudgetExceeded
from runflow_nb.models.price import Estimate, Kind
from runflow_nb.settings import Limit

TEN = Limit(Decimal(10), "session")
NOTHING = Committed(Decimal(0), Decimal(0))


def price(amount: str, kind: Kind = "exact", images: int = 1) -> Estimate:
    return Estimate(Decimal(amount), kind, (), images)


@pytest.mark.parametrize(
    ("estimate", "observed", "bound"),
    [
        (price("0.08"), None, "0.08"),
        (price("0.08"), "0.20", "0.08"),
        (price("0.12", "estimated"), None, "0.12"),
        (price("0.24", "estimated", 2), "0.15", "0.30"),
        (price("0.24", "estimated", 2), "0.10", "0.24"),
        (price("0.08", "at least"), "0.16", "0.16"),
    ],
)
def test_the_upper_bound_is_what_is_published_or_the_highest_seen(
    estimate: Estimate, observed: str | None, bound: str
) -> None:
    assert upper_bound(estimate, None if observed is None else Decimal(observed)) == Decimal(bound)


def test_nothing_bounds_a_price_that_is_only_known_from_below() -> None:
    assert upper_bound(price("0.08", "at least"), None) is None


def test_an_unbounded_price_is_refused_and_names_what_allows_it() -> None:
    with pytest.raises(BudgetExceeded, match=r"--max-cost USD, or --yes"):
        reserve(price("0.08", "at least"), None, None, False, [(TEN, NOTHING)])
    assert reserve(price("0.08", "at least"), None, None, True, [(TEN, NOTHING)]) == Decimal("0.08")
    assert reserve(price("0.08", "at least"), None, Decimal("0.5"), False, [(TEN, NOTHING)]) == Decimal("0.5")


def test_the_last_cent_of_the_budget_can_be_spent_and_not_one_more() -> None:
    spent = Committed(Decimal("9.80"), Decimal("0.12"))
    assert reserve(price("0.08"), Decimal("0.08"), None, False, [(TEN, spent)]) == Decimal("0.08")
    with pytest.raises(BudgetExceeded, match=r"\$9\.80 confirmed, \$0\.12 held"):
        reserve(price("0.081"), Decimal("0.081"), None, False, [(TEN, spent)])


def test_a_limit_of_the_cell_itself_goes_before_the_budget() -> None:
    with pytest.raises(BudgetExceeded, match=r"--max-cost \$0\.10"):
        reserve(price("0.15"), Decimal("0.15"), Decimal("0.10"), True, [])
