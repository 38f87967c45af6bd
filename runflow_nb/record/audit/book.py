"""The journal, read anew into memory: its runs, and what it says of them. Takes no index for granted and keeps none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .. import places, snapshot
from ..build import Builder
from ..run import Run
from ..scan import journals

AT_ONCE = 500
"""Runs read at a time."""


class Claimed(NamedTuple):
    """A run that holds its slot, and the number that it was bought for."""

    slot: tuple[str, str, str | None, int]
    """Recipe, origin, asked seed, number."""
    run: str
    take: int
    """The number that it goes by."""


class Book:
    """What the journal says. The runs are folded as they are asked for, so that memory stays flat."""

    def __init__(self, root: Path) -> None:
        """Reads the whole journal. Raises StoreUnavailable."""
        self.folder = root / places.JOURNAL
        self.extents = journals(self.folder)
        self.builder = Builder(snapshot.empty(), root, self.folder)
        with self.builder.transaction():
            self.builder.absorb({name: self.extents[name] for name in sorted(self.extents)})

    @property
    def current(self) -> bool:
        """Whether nothing was written since it was read."""
        return journals(self.folder) == self.extents

    def runs(self) -> Iterator[Run]:
        """All runs, oldest first. Raises Stale where lines are no longer where they lay."""
        ids = self.builder.column("SELECT id FROM runs ORDER BY id")
        for start in range(0, len(ids), AT_ONCE):
            yield from self.builder.runs(ids[start : start + AT_ONCE])

    def without_intent(self) -> Iterator[tuple[str, str]]:
        """(id, journal file) of runs of which events are told, and no intent."""
        names = dict(self._rows("SELECT id, name FROM files"))
        for run, lines in self._rows("SELECT id, lines FROM fragments ORDER BY id"):
            yield run, names[int(lines.partition(":")[0])]

    def claims(self) -> list[Claimed]:
        """Those that more than one run makes: together, the oldest first."""
        text = """SELECT recipe, origin, asked, claim, id, take FROM runs WHERE holds AND (recipe, origin, claim) IN
            (SELECT recipe, origin, claim FROM runs WHERE holds GROUP BY recipe, origin, asked, claim
            HAVING count(*) > 1) ORDER BY recipe, origin, asked, claim, id"""
        return [
            Claimed((recipe, origin, asked, claim), run, take)
            for recipe, origin, asked, claim, run, take in self._rows(text)
        ]

    def shared_run_ids(self) -> list[tuple[str, str, str]]:
        """(origin, Runflow's id, our id) of runs that have one of Runflow's together: the oldest first."""
        text = """SELECT origin, run_id, id FROM runs WHERE (origin, run_id) IN (SELECT origin, run_id FROM runs
            WHERE run_id IS NOT NULL GROUP BY origin, run_id HAVING count(*) > 1) ORDER BY origin, run_id, id"""
        return [(origin, run_id, run) for origin, run_id, run in self._rows(text)]

    def named_inputs(self) -> set[str]:
        """SHA-256 of the pictures that names in notebooks stand for."""
        return {digest.removeprefix("sha256:") for (digest,) in self._rows("SELECT digest FROM inputs")}

    def _rows(self, text: str) -> list[tuple[Any, ...]]:
        return self.builder.rows(text)
