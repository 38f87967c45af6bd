"""What is on the studio's buttons: prices, questions and refusals; and what its variations ask for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from runflow_nb.engine.budget import Quote
from runflow_nb.engine.order import Order
from runflow_nb.errors import BudgetExceeded
from runflow_nb.models.price import Estimate, Kind
from runflow_nb.models.request import build_request
from runflow_nb.settings import Limit
from runflow_nb.widgets.form.state import FormState, request, started
from runflow_nb.widgets.studio.naming import Numbering
from runflow_nb.widgets.studio.offer import Offer, Priced, costs_no_more, offer
from runflow_nb.widgets.studio.presses import Presses
from runflow_nb.widgets.studio.variations import changes, steps, with_seeds

ORDER = Order(build_request(None, {"prompt": "a fox"}))
LIMIT = Limit(Decimal(1), "session")
REFUSAL = BudgetExceeded("$0.16", "$1.00 a kernel session", Decimal(1), Decimal(0), "Raise it.")


def price(amount: str | None, kind: Kind = "exact", upper: str | None = None) -> Estimate:
    found = None if amount is None else Decimal(amount)
    return Estimate(found, kind, (), 1, upper=found if upper is None else Decimal(upper))


def one(estimate: Estimate, **facts: object) -> Priced:
    quote = Quote(estimate, ((LIMIT, Decimal(1)),), None)
    refusal = facts.pop("never", None)
    return Priced(ORDER, replace(quote, **facts), refusal)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("priced", "label"),
    [
        ([one(price("0.16"))], "Make it · $0.16"),
        ([one(price("0.16", "estimated"))], "Make it · about $0.16"),
        ([one(price("0.16", "at least"))], "Make it · at least $0.16"),
        ([one(price("0.16"), on_record=True)], "Show · $0.00"),
        ([one(price("0.16")), one(price("0.08", "estimated"))], "Make it · about $0.24"),
        ([one(price("0.16")), one(price("0.08"), on_record=True)], "Make it · $0.16"),
    ],
)
def test_the_price_is_on_the_button(priced: list[Priced], label: str) -> None:
    """Of several the sum of what is not on record, as certain as the least certain of them."""
    offered = offer("Make it", priced, Decimal(1))
    assert (offered.label, len(offered.orders), offered.asks) == (label, len(priced), False)
    assert [order.may_buy for order in offered.orders] == [not each.quote.on_record for each in priced]


def test_above_what_is_bought_without_asking_the_button_asks() -> None:
    """Also where only the sum is above it. The second press is the yes."""
    roomy = ((LIMIT, Decimal(5)),)
    for priced in ([one(price("1.20"), refusal=REFUSAL, left=roomy)], [one(price("0.60"), left=roomy)] * 2):
        first = offer("Make it", priced, Decimal("0.80"))
        assert first.asks
        assert not any(order.yes for order in first.orders)
        sure = offer("Make it", priced, Decimal("0.80"), agreed=True)
        assert sure.label == f"{first.label}, sure?"
        assert all(order.yes for order in sure.orders)


def test_what_the_button_says_is_the_most_that_each_may_cost() -> None:
    """Also after a yes; where nothing is known of a price, nothing was said."""
    priced = [one(price("0.06", "estimated", upper="0.09")), one(price("0.02"))]
    for agreed in (False, True):
        offered = offer("Make all", priced, Decimal("0.05"), agreed=agreed)
        assert [order.agreed for order in offered.orders] == [Decimal("0.09"), Decimal("0.02")]
    (order,) = offer("Make it", [one(price(None, "unknown"))], Decimal(1), agreed=True).orders
    assert (order.agreed, order.yes) == (None, True)


def test_what_no_yes_allows_cannot_be_pressed() -> None:
    """With the reason; also where each alone would be allowed, and all together are not."""
    alone = offer("Make it", [one(price("0.16"), refusal=REFUSAL, never=REFUSAL)], Decimal(1))
    assert not alone.enabled
    assert alone.reason == "This costs $0.16, and the limit is $1.00 a kernel session. Raise it."
    together = offer("Make all", [one(price("0.60"))] * 2, Decimal(10))
    assert not together.enabled
    assert together.reason.startswith("This costs $1.20, and of $1.00 a kernel session $1.00 are left.")


@pytest.mark.parametrize(
    ("now", "seen", "fine"),
    [
        (price("0.08"), price("0.16"), True),
        (price("0.16"), price("0.16"), True),
        (price("0.24"), price("0.16"), False),
        (price("0.16", "at least"), price("0.16"), False),
        (price("0.16"), None, False),
        (None, None, True),
        (price(None, "unknown"), price("0.16"), False),
    ],
)
def test_nobody_pays_more_than_was_on_the_button(now: Estimate | None, seen: Estimate | None, fine: bool) -> None:
    """A press that overtakes its price: showing what is on record is always fine."""
    assert costs_no_more(Offer("", price=now), Offer("", price=seen)) is fine


def test_two_clicks_of_one_hand_are_one_press() -> None:
    """By the page's clock, on whichever buttons; a third click of that hand is none either."""
    presses = Presses()
    assert [presses.is_meant(at) for at in (5.0, 5.2, 5.9, 7.0)] == [True, False, False, True]


def test_a_studio_without_a_name_keeps_its_number() -> None:
    """In the order of their cells; a cell that is run again has the same, also two in one cell. Where nothing tells the
    cell, each running counts."""
    numbering = Numbering()
    first = [numbering.name("a", "1"), numbering.name("a", "1"), numbering.name("b", "2")]
    again = [numbering.name("b", "3"), numbering.name("a", "4"), numbering.name("a", "4")]
    assert (first, again) == (["1", "2", "3"], ["3", "1", "2"])
    assert [numbering.name(None, "5"), numbering.name(None, "6")] == ["4", "5"]


FOX = started(None, {"prompt": "a fox", "resolution": "2K", "aspect_ratio": "3:2"})


def asked(states: tuple[FormState, ...], name: str) -> list[object]:
    return [request(state).input.get(name) for state in states]


def test_variations_change_one_thing() -> None:
    """New seeds: the seed alone. Another ratio or resolution, or all values of one parameter: that, at this seed."""
    assert asked(with_seeds(FOX, [3, 4]), "seed") == [3, 4]
    others = {each.label: each.states for each in changes(FOX, 7)}
    assert "Resolution 2K" not in others
    assert "Ratio 3:2" not in others
    assert dict(request(others["Resolution 4K"][0]).input) == {**request(FOX).input, "resolution": "4K", "seed": 7}
    stepped = {each.label.partition(":")[0]: each.states for each in steps(FOX, 7)}
    assert asked(stepped["Resolution"], "resolution") == ["0.5K", None, "2K", "4K"]
    assert set(asked(stepped["Resolution"], "seed")) == {7}
    assert "Number" not in stepped
