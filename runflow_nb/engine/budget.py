"""What a run may cost, and whether the person and the budget allow it. Pure: the sums are read by the caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..errors import BudgetExceeded
from ..models.price import Estimate
from ..money import usd
from ..settings import Limit

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Committed:
    """What a scope has already spent, in USD."""

    confirmed: Decimal
    """What the API said that ended runs cost; where it did not say, what was held for them."""
    reserved: Decimal
    """What is held for runs that are open or unknown."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to for one run."""

    confirm_above: Decimal
    """USD that a run may cost without `yes`."""
    max_cost: Decimal | None = None
    """USD that this run may cost at most; None for no limit of its own."""
    yes: bool = False
    """Whether the price was agreed to, whatever it is and even where nothing bounds it."""
    agreed: Decimal | None = None
    """USD at the most that were told when the price was agreed to; None where no bound was told."""


def upper_bound(price: Estimate, observed: Decimal | None) -> Decimal | None:
    """The most that this can cost in USD, or None where nothing bounds it.

    `observed` is the highest confirmed price of one image seen for the same model, tier and options.
    """
    seen = None if observed is None else observed * price.images
    if price.amount is None:
        return None
    if price.kind == "exact":
        return price.amount
    if price.kind == "estimated":
        return max(price.amount, seen or NOTHING)
    return None if seen is None else max(price.amount, seen)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a run would cost, told before anything is bought."""

    price: Estimate
    left: tuple[tuple[Limit, Decimal], ...]
    """What each budget has left, in USD."""
    refusal: BudgetExceeded | None
    """Why it would not be bought as it was asked for; None where it would."""
    on_record: bool = False
    """Whether it is shown or collected instead of bought."""


def needs_yes(price: Estimate, confirm_above: Decimal) -> bool:
    """Whether this price, its upper bound or else what is known of it, is above what is bought without a yes."""
    return _asked_about(price) > confirm_above


def reserve(price: Estimate, consent: Consent, spent: Sequence[tuple[Limit, Committed]]) -> Decimal:
    """The sum to hold for this run in USD. `price.upper` is the most that it can cost.

    `--yes` agrees to a price above `confirm_above` and to one that nothing bounds; `--max-cost` bounds what nothing
    else does, and agrees to nothing. No yes goes beyond `--max-cost`, a budget, or
    the price that was told when it was given.

    Raises BudgetExceeded, naming what would allow it.
    """
    limit, asked = consent.max_cost, _asked_about(price)
    unagreed = not consent.yes and needs_yes(price, consent.confirm_above)
    above = usd(consent.confirm_above)
    also = f"\n  It also needs --yes (in Python yes=True): it is above {above}." if unagreed else ""
    unbounded = price.upper is None
    if consent.agreed is not None and (price.upper is None or price.upper > consent.agreed):
        remedy = "It has risen since: ask once more to be told the price as it is. What was bought is not bought again."
        raise BudgetExceeded(_told(price), f"{usd(consent.agreed)}, as was agreed to", NOTHING, NOTHING, remedy)
    least = max(asked, price.seen or NOTHING) if unbounded else asked
    # Of an unknown price nobody says that it is nothing: a limit of 0 allows none of it.
    if limit is not None and (least > limit or (unbounded and limit <= NOTHING)):
        remedy = f"Raise --max-cost (in Python max_cost=), or ask for less.{also}"
        raise BudgetExceeded(_told(price), f"--max-cost {usd(limit)}", NOTHING, NOTHING, remedy)
    held = price.upper if price.upper is not None else least if limit is None else limit
    for budget, committed in spent:
        left = left_of(budget, committed)
        if held > left or (unbounded and left <= NOTHING):
            remedy = f"Raise it with %runflow config budget=USD, or %config Runflow.budget.{also}"
            raise BudgetExceeded(_told(price), str(budget), committed.confirmed, committed.reserved, remedy)
    if unagreed:
        remedy = "Go on with --yes (in Python yes=True); the limit is set by %config Runflow.confirm_above."
        raise BudgetExceeded(_told(price), f"{above} without --yes", NOTHING, NOTHING, remedy)
    if price.upper is None and limit is None and not consent.yes:
        remedy = "Allow it with --max-cost USD, or --yes (in Python max_cost=, yes=True)."
        raise BudgetExceeded(_told(price), "", NOTHING, NOTHING, remedy)
    return held


def left_of(limit: Limit, committed: Committed) -> Decimal:
    """What may still be spent, in USD; below 0 where the limit was set after more had been."""
    return limit.amount - committed.confirmed - committed.reserved


def quote(price: Estimate, consent: Consent, spent: Sequence[tuple[Limit, Committed]]) -> Quote:
    """What `reserve` would say, and what each budget has left."""
    left = tuple((limit, left_of(limit, committed)) for limit, committed in spent)
    try:
        reserve(price, consent, spent)
    except BudgetExceeded as refusal:
        return Quote(price, left, refusal)
    return Quote(price, left, None)


def _asked_about(price: Estimate) -> Decimal:
    return price.upper if price.upper is not None else price.amount or NOTHING


def _told(price: Estimate) -> str:
    """The price in words, with the most that it can cost where that is more."""
    if price.upper is None or price.upper == price.amount:
        return str(price)
    return f"{price} (up to {usd(price.upper)} by past runs)"
