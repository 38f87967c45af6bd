"""The ledger: each run with what was expected, is held and was confirmed of it, and the sums. Pure.

Columns add up: what an entry says of a run is what the sums count for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .costs import Spent, Sum, grouped
from .listing import LIVE
from .run import Run
from .schema import commitments, expected

PLAY_MONEY = "sandbox"


@dataclass(frozen=True, slots=True)
class Entry:
    """One run. Amounts in USD."""

    run: str
    """The short id."""
    when: datetime
    """When its intent was written, UTC."""
    model: str
    origin: str
    state: str
    estimated: Decimal | None
    """What it was expected to cost, nothing where it is over and free; None where nobody could say."""
    reserved: Decimal
    """What the budget holds for it now: until it has ended, or a person has settled it."""
    confirmed: Decimal | None
    """What the API said that it cost; None where it said nothing."""
    counted: Decimal
    """What counts to a budget: where it has ended and nobody said what it cost, what was held for it."""


@dataclass(frozen=True, slots=True)
class Sums:
    """All runs of one origin; they are never added to those of another."""

    origin: str
    total: Sum

    @property
    def play_money(self) -> bool:
        """Whether nothing of it was ever billed."""
        return self.origin == PLAY_MONEY


def entry(run: Run) -> Entry:
    """What the ledger says of a run."""
    due, held = commitments(run)
    return Entry(
        run=run.short,
        when=run.created_at,
        model=run.model,
        origin=run.origin,
        state=state(run),
        estimated=None if run.estimate.amount is None else expected(run, due),
        reserved=held,
        confirmed=run.cost,
        counted=due + held,
    )


def state(run: Run) -> str:
    """The run's status in words that say what is still open."""
    match run.phase:
        case "intent":
            return "open: sent, no answer yet"
        case "accepted":
            return "open: accepted"
        case "unknown":
            return "unknown: perhaps billed"
        case "settled":
            return "settled: billed" if run.status == "unknown" else "settled: not billed"
        case "void":
            return "void"
        case "ended":
            return run.status


def sums(spending: Iterable[Spent]) -> list[Sums]:
    """The sums of each origin, live first and play money last."""
    found = grouped(spending, lambda spent: spent.origin)
    order = sorted(found, key=lambda origin: (origin != LIVE, origin == PLAY_MONEY, origin))
    return [Sums(origin, found[origin]) for origin in order]
