"""What a run may cost, and whether the budget allows it. Pure: the sums are read by the caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..errors import BudgetExceeded
from ..models.price import Estimate
from ..money import usd
from ..settings import Limit


@dataclass(frozen=True, slots=True)
class Committed:
    """What a scope has already spent, in USD."""

    confirmed: Decimal
    """What the API said that ended runs cost; where it did not say, what was held for them."""
    reserved: Decimal
    """What is held for runs that are open or unknown."""


def upper_bound(price: Estimate, observed: Decimal | None) -> Decimal | None:
    """The most that this can cost in USD, or None where nothing bounds it.

    `observed` is the highest confirmed price of one image seen for the same model, tier and options.
    """
    seen = None if observed is None else observed * price.images
    if price.amount is None:
        return seen
    if price.kind == "exact":
        return price.amount
    if price.kind == "estimated":
        return max(price.amount, seen or Decimal(0))
    return None if seen is None else max(price.amount, seen)


def reserve(
    price: Estimate,
    upper: Decimal | None,
    max_cost: Decimal | None,
    agreed: bool,
    spent: Sequence[tuple[Limit, Committed]],
) -> Decimal:
    """The sum to hold for this run in USD.

    Raises BudgetExceeded, naming what would allow it.
    """
    nothing = Decimal(0)
    if upper is None and max_cost is None and not agreed:
        remedy = "Allow it with --max-cost USD, or --yes (in Python max_cost=, yes=True)."
        raise BudgetExceeded(str(price), "", nothing, nothing, remedy)
    if max_cost is not None and max(upper or nothing, price.amount or nothing) > max_cost:
        remedy = "Raise --max-cost (in Python max_cost=), or ask for less."
        raise BudgetExceeded(str(price), f"--max-cost {usd(max_cost)}", nothing, nothing, remedy)
    held = upper if upper is not None else max_cost if max_cost is not None else (price.amount or nothing)
    for limit, committed in spent:
        if committed.confirmed + committed.reserved + held > limit.amount:
            remedy = "Raise it with %runflow config budget=USD, or %config Runflow.budget."
            raise BudgetExceeded(str(price), str(limit), committed.confirmed, committed.reserved, remedy)
    return held
