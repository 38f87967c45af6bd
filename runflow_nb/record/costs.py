"""What runs cost, summed up. Money is exact; play money of the sandbox is never added to any other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Spent:
    """Runs of one origin, model and day (UTC). Amounts in USD."""

    origin: str
    model: str
    day: date
    runs: int
    estimated: Decimal
    """What they were expected to cost, those left out that turned out to be free."""
    confirmed: Decimal
    """What the API said that they cost."""
    held: Decimal
    """What the budget holds for those that are on their way, or unknown."""
    counted: Decimal
    """What counts to a budget: beside confirmed and held, what was held for those of which nobody said what they
    cost."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Runs counted together. Amounts in USD."""

    runs: int = 0
    estimated: Decimal = Decimal(0)
    confirmed: Decimal = Decimal(0)
    held: Decimal = Decimal(0)
    counted: Decimal = Decimal(0)

    def plus(self, spent: Spent) -> Sum:
        return Sum(
            self.runs + spent.runs,
            self.estimated + spent.estimated,
            self.confirmed + spent.confirmed,
            self.held + spent.held,
            self.counted + spent.counted,
        )


def grouped(spending: Iterable[Spent], key: Callable[[Spent], K]) -> dict[K, Sum]:
    """The sums of those that have the same key. A key has to name the origin."""
    sums: dict[K, Sum] = {}
    for spent in spending:
        name = key(spent)
        sums[name] = sums.get(name, Sum()).plus(spent)
    return sums
