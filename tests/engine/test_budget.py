"""What a run may cost, and whether the budget allows it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runflow_nb.engine.budget import Committed, Consent, quote, reserve, upper_bound
from runflow_nb.errors import BudgetExceeded
from runflow_nb.models.price import Estimate, Kind
from runflow_nb.settings import Limit

TEN = Limit(Decimal(10), "session")
NOTHING = Committed(Decimal(0), Decimal(0))
ONE = Decimal("1.00")


def price(amount: str, kind: Kind = "exact", images: int = 1, upper: str | None = None) -> Estimate:
    return Estimate(Decimal(amount), kind, (), images, None if upper is None else Decimal(upper))


def exact(amount: str) -> Estimate:
    return price(amount, upper=amount)


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
    unbounded = price("0.08", "at least")
    with pytest.raises(BudgetExceeded, match=r"--max-cost USD, or --yes"):
        reserve(unbounded, Consent(ONE), [(TEN, NOTHING)])
    assert reserve(unbounded, Consent(ONE, yes=True), [(TEN, NOTHING)]) == Decimal("0.08")
    assert reserve(unbounded, Consent(ONE, Decimal("0.5")), [(TEN, NOTHING)]) == Decimal("0.5")


def test_the_last_cent_of_the_budget_can_be_spent_and_not_one_more() -> None:
    spent = Committed(Decimal("9.80"), Decimal("0.12"))
    assert reserve(exact("0.08"), Consent(ONE), [(TEN, spent)]) == Decimal("0.08")
    with pytest.raises(BudgetExceeded, match=r"\$9\.80 confirmed, \$0\.12 held"):
        reserve(exact("0.081"), Consent(ONE), [(TEN, spent)])


def test_a_limit_of_the_cell_itself_goes_before_the_budget() -> None:
    with pytest.raises(BudgetExceeded, match=r"--max-cost \$0\.10"):
        reserve(exact("0.15"), Consent(ONE, Decimal("0.10"), yes=True), [])


def test_a_price_that_rose_since_it_was_agreed_to_is_refused_with_both_sums() -> None:
    """Also where nothing bounds it any more, and whatever else would allow it."""
    agreed = Consent(ONE, Decimal(5), yes=True, agreed=Decimal("0.06"))
    assert reserve(exact("0.06"), agreed, []) == Decimal("0.06")
    for risen in (price("0.06", "estimated", upper="1.60"), price("0.08", "at least")):
        with pytest.raises(BudgetExceeded) as refused:
            reserve(risen, agreed, [])
        words = f"{risen} (up to $1.60 by past runs)" if risen.upper else str(risen)
        assert str(refused.value).startswith(
            f"Not sent: this run costs {words}, and the limit is $0.06, as was agreed to. Nothing was billed."
        )


def test_above_confirm_above_the_refusal_says_price_limit_and_flag() -> None:
    assert reserve(exact("1.00"), Consent(ONE), []) == ONE
    with pytest.raises(BudgetExceeded) as refused:
        reserve(exact("1.20"), Consent(ONE, Decimal(2)), [])
    assert str(refused.value) == (
        "Not sent: this run costs $1.20, and the limit is $1.00 without --yes. Nothing was billed.\n"
        "  Go on with --yes (in Python yes=True); the limit is set by %config Runflow.confirm_above."
    )


def test_what_past_runs_cost_is_asked_about_and_said() -> None:
    with pytest.raises(BudgetExceeded, match=r"costs about \$0\.90 \(up to \$1\.20 by past runs\)"):
        reserve(price("0.90", "estimated", upper="1.20"), Consent(ONE), [])


def test_all_that_is_missing_is_named_at_once() -> None:
    for consent, spent in [(Consent(ONE, ONE), []), (Consent(ONE), [(TEN, Committed(Decimal(9), Decimal(0)))])]:
        with pytest.raises(BudgetExceeded, match=r"It also needs --yes \(in Python yes=True\): it is above \$1\.00"):
            reserve(exact("1.20"), consent, spent)


AMOUNTS = st.decimals(0, 3, places=2)


@given(
    amount=st.none() | AMOUNTS,
    more=st.none() | AMOUNTS,
    consent=st.builds(Consent, AMOUNTS, st.none() | AMOUNTS, st.booleans(), st.none() | AMOUNTS),
    budget=AMOUNTS,
    committed=st.builds(Committed, AMOUNTS, AMOUNTS),
)
def test_no_sum_is_held_that_was_not_agreed_to(
    amount: Decimal | None, more: Decimal | None, consent: Consent, budget: Decimal, committed: Committed
) -> None:
    """Every combination of what is known, agreed to and left: held means allowed, and a quote says the same."""
    upper = None if more is None else (amount or Decimal(0)) + more
    asked = Estimate(amount, "estimated", (), 1, upper)
    known = upper if upper is not None else amount or Decimal(0)
    spent = [(Limit(budget, "day"), committed)]
    agreed = consent.yes or (known <= consent.confirm_above and (upper is not None or consent.max_cost is not None))
    within = consent.max_cost is None or known <= consent.max_cost
    within = within and (consent.agreed is None or (upper is not None and upper <= consent.agreed))
    unless_bound = known if consent.max_cost is None else consent.max_cost
    due = upper if upper is not None else unless_bound
    left = budget - committed.confirmed - committed.reserved
    # A limit of nothing, or a budget that is used up, allows nothing that nobody bounds.
    something = upper is not None or (left > 0 and (consent.max_cost is None or consent.max_cost > 0))
    allowed = agreed and within and something and due <= left
    told = quote(asked, consent, spent)
    assert told.left == ((spent[0][0], left),)
    assert (told.refusal is None) == allowed
    if allowed:
        assert reserve(asked, consent, spent) == due
    if not consent.yes and consent.agreed is None and known > consent.confirm_above:
        assert "--yes" in str(told.refusal)
        assert reserve(asked, replace(consent, yes=True, max_cost=None), []) == known
