"""Which run holds which take: a pure fold, the same on every machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Claim(NamedTuple):
    """What one run that holds its slot says of it. All claims given together are of one origin and one recipe."""

    run: str
    """Its id: the smaller is the older."""
    asked: int | None
    """The seed asked for; runs that asked for none are a group of their own."""
    sent: int | None
    take: int
    """The number it was bought for, or was given since."""
    moved: int = 0
    """Milliseconds since 1970 when it was brought in behind the runs that were here of the same request; 0: never."""


def number(claims: Iterable[Claim], asked: int | None) -> dict[int, str]:
    """Take -> run, for the takes of this asked seed.

    Where several claim a number the oldest keeps it (of what was brought in, what came first, after all that was made
    here); the others follow in that order, each to the next free number above.
    For an asked seed take 1 is the oldest run that was *sent* this seed, whoever chose it; a run of the group that has
    a number of its own keeps that beside it, so that no cell loses its picture.
    """
    ordered = sorted(claims, key=lambda claim: (claim.moved, claim.run))
    slots: dict[int, str] = {}
    if asked is not None:
        first = next((claim.run for claim in ordered if claim.sent == asked), None)
        if first is not None:
            slots[1] = first
    late = []
    for claim in ordered:
        if claim.asked != asked or (claim.take == 1 and slots.get(1) == claim.run):
            continue
        if claim.take in slots:
            late.append(claim)
        else:
            slots[claim.take] = claim.run
    for claim in late:
        free = claim.take + 1
        while free in slots:
            free += 1
        slots[free] = claim.run
    return slots
