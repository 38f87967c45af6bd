"""What happens before anything is bought: a pure decision over the slots that are held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import InvalidRequest, Problem
from ..record.run import Run
from .order import Take


@dataclass(frozen=True, slots=True)
class Found:
    """The take succeeded: it is shown."""

    run: Run


@dataclass(frozen=True, slots=True)
class Collect:
    """The take was accepted, by whichever process: it is waited for and collected."""

    run: Run


@dataclass(frozen=True, slots=True)
class Search:
    """The take was written down, and no answer tells what became of it."""

    run: Run


@dataclass(frozen=True, slots=True)
class Buy:
    """Nothing holds the slot."""

    take: int


Decision = Found | Collect | Search | Buy


def next_take(slots: Mapping[int, Run]) -> int:
    """The number that the next purchase takes: the lowest that nothing holds."""
    return next(number for number in range(1, len(slots) + 2) if number not in slots)


def look_up(slots: Mapping[int, Run], take: Take, remake_of: str | None = None) -> Decision:
    """What is to be done for this take; where none is named, for the one that was bought to make `remake_of` again.

    Raises InvalidRequest where the number is neither held nor the next to buy.
    """
    if remake_of is not None and take is None:
        take = next((number for number, run in sorted(slots.items()) if run.remake_of == remake_of), "new")
    number = next_take(slots) if take == "new" else (take or 1)
    run = slots.get(number)
    if run is None:
        if number != 1 and number - 1 not in slots:
            reason = f"is not on record, and takes are bought in order ({len(slots)} held)"
            raise InvalidRequest([Problem("take", str(number), reason, str(next_take(slots)))])
        return Buy(number)
    if run.delivered:
        return Found(run)
    return Collect(run) if run.phase == "accepted" else Search(run)
