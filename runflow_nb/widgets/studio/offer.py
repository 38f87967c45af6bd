"""What a press of a button does, and at which price: the words on it, and why it cannot be pressed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ...engine.budget import NOTHING, Quote, needs_yes
from ...engine.order import Order
from ...errors import BudgetExceeded, Problem
from ...models.price import Estimate, worst
from ...money import usd
from ...notebook.views.description import DOT
from ...plain import shortened
from ..sendable import sendable

FREE = usd(NOTHING)
SURE = ", sure?"
SAID_LENGTH = 160
"""Characters of what the API says of a price."""
BOUNDLESS = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Priced:
    """An order with what would come of it as things stand."""

    order: Order
    quote: Quote
    refusal: BudgetExceeded | None = None
    """Why it would not be bought even with a yes."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A button as it stands."""

    label: str
    orders: tuple[Order, ...] = ()
    """What a press places; none where it cannot be pressed."""
    price: Estimate | None = None
    """What that buys; None where it buys nothing, or is not known yet."""
    reason: str = ""
    """Why it cannot be pressed."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with what is asked for, where that is the reason."""
    remark: str = ""
    """What is known of a price that is not."""
    asks: bool = False
    """Whether the next press only makes it ask whether that is meant."""
    sure: bool = False
    """Whether it asks that now: the next press is the yes."""

    @property
    def enabled(self) -> bool:
        return bool(self.orders)


def offer(verb: str, priced: Sequence[Priced], confirm_above: Decimal, *, agreed: bool = False) -> Offer:
    """The button for these orders. `confirm_above`: USD that are bought without being asked about; `agreed`: the
    person has pressed once already, and was asked."""
    # Whatever becomes of record and prices until each is bought: what is free on the button stays free, and nothing
    # costs more than its part of what stands there.
    orders = tuple(replace(one.order, free=one.quote.on_record, agreed=one.quote.price.upper) for one in priced)
    bought = [one for one in priced if not one.quote.on_record]
    if not bought:
        return Offer(f"Show{DOT}{FREE}", orders)
    total = total_of([one.quote.price for one in bought])
    label = f"{verb}{DOT}{_priced_at(total)}"
    known = _known_of(total)
    if reason := _refused(bought, total):
        return Offer(label, price=total, reason=reason, remark=known)
    # Nobody buys at a price that is not known by one press, whatever else would allow it.
    asks = (
        total.amount is None or needs_yes(total, confirm_above) or any(one.quote.refusal is not None for one in bought)
    )
    if asks and agreed:
        agreeing = tuple(replace(order, yes=True) for order in orders)
        return Offer(label + SURE, agreeing, total, remark=known, sure=True)
    return Offer(label, orders, total, remark=known, asks=asks)


def costs_no_more(now: Offer, seen: Offer) -> bool:
    """Whether a press on what was seen may do what is offered now: nobody pays more than what was on the button."""
    if now.price is None:
        return True
    if seen.price is None or seen.price.amount is None or now.price.amount is None:
        # What is not known was read as not known, and what was said of it beside.
        both = seen.price is not None and now.price.amount is None and seen.price.amount is None
        return both and seen.price is not None and _read(now.price) == _read(seen.price)
    cheap = now.price.amount <= seen.price.amount and _at_most(now.price) <= _at_most(seen.price)
    return cheap and worst([now.price.kind, seen.price.kind]) == seen.price.kind


def _priced_at(price: Estimate) -> str:
    """The price, and the most that it can be by past runs where that is more."""
    if price.amount is None:
        return "price unknown"
    more = price.upper is not None and price.upper > price.amount
    return f"{price}, up to {usd(price.upper)}" if more and price.upper is not None else str(price)


def _known_of(price: Estimate) -> str:
    """What is known of a price that is not, in words; "" where it is."""
    if price.amount is not None:
        return ""
    said = shortened(sendable(price.said), SAID_LENGTH).rstrip(".")
    words = f"The API says of its price: {said}." if said else "The API does not say what it costs."
    return f"{words} Runs of this model cost up to {usd(price.seen)} so far." if price.seen else words


def _read(price: Estimate) -> tuple[str, Decimal | None]:
    """What stands beside a button whose price is not known."""
    return price.said, price.seen


def _at_most(price: Estimate) -> Decimal:
    return BOUNDLESS if price.upper is None else price.upper


def total_of(prices: Sequence[Estimate]) -> Estimate:
    """What all of them cost together, as certain as the least certain of them."""
    amounts = [price.amount for price in prices if price.amount is not None]
    uppers = [price.upper for price in prices if price.upper is not None]
    known, bounded = len(amounts) == len(prices), len(uppers) == len(prices)
    return Estimate(
        sum(amounts, NOTHING) if known else None,
        worst([price.kind for price in prices]),
        (),
        sum(price.images for price in prices),
        upper=sum(uppers, NOTHING) if bounded else None,
        said="; ".join(dict.fromkeys(price.said for price in prices if price.said)),
        seen=max((price.seen for price in prices if price.seen is not None), default=None),
    )


def _refused(bought: Sequence[Priced], total: Estimate) -> str:
    refusal = next((one.refusal for one in bought if one.refusal is not None), None)
    if refusal is not None:
        limit = f"the limit is {refusal.limit}" if refusal.limit else "nothing bounds how much more"
        return f"This costs {refusal.price}, and {limit}. {refusal.remedy}"
    held = total.upper if total.upper is not None else sum(map(_held, (one.quote.price for one in bought)), NOTHING)
    short = next(((limit, left) for limit, left in bought[0].quote.left if held > left), None)
    if short is None:
        return ""
    return f"This costs {total}, and of {short[0]} {usd(max(short[1], NOTHING))} are left. {REMEDY}"


def _held(price: Estimate) -> Decimal:
    """What a budget holds for one whose price nothing bounds."""
    return price.upper if price.upper is not None else max(price.amount or NOTHING, price.seen or NOTHING)


REMEDY = "Raise it with %runflow config budget=USD."
