"""The takes of runs that come into a store with runs of the same requests: behind these, in their own order. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from .run import Run
from .takes import Claim
from .takes import number as numbered


class Group(NamedTuple):
    """What takes are counted in."""

    origin: str
    recipe: str
    asked: int | None


class Placed(NamedTuple):
    """A number that differs from the one that the run was packed with, or has to be said."""

    run: Run
    before: int
    take: int


Held = Callable[[Group], Mapping[int, Run]]
"""Take -> the run of the store that holds it."""


def place(runs: Iterable[Run], held: Held) -> list[Placed]:
    """The number of each run whose place has to be written down; the others keep what their own lines say.

    `runs`: those that are new to the store.
    """
    groups: dict[Group, list[Run]] = defaultdict(list)
    for run in runs:
        if run.holds_slot:
            groups[Group(run.origin, run.recipe, run.seeds.asked)].append(run)
    return [each for group, members in groups.items() for each in _placed(group, members, held)]


def _placed(group: Group, members: list[Run], held: Held) -> Iterable[Placed]:
    own = {run: take for take, run in sorted(numbered(map(_claim, members), group.asked).items())}
    taken = set(held(group))
    last = 0
    for run in sorted(members, key=lambda run: (own[run.id], run.id)):
        # Its own seed may be one that was asked for here: then it must not come before those.
        behind = bool(taken) or bool(held(group._replace(asked=run.seeds.sent)))
        take = own[run.id]
        if behind:
            take = max(take, last + 1)
            while take in taken:
                take += 1
        last = take
        if behind or run.moved_at is not None:
            yield Placed(run, own[run.id], take)


def _claim(run: Run) -> Claim:
    moved = 0 if run.moved_at is None else int(run.moved_at.timestamp() * 1000)
    return Claim(run.id, run.seeds.asked, run.seeds.sent, run.take, moved)
