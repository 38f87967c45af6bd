"""What the records of a notebook are held against: the journal of a store, with its files. Only reads."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Protocol

from ...record import places
from ...record.audit.book import Book
from ...record.audit.files import kept
from ...record.audit.finding import Finding
from ...record.audit.missed import Missed, holds_none
from ...record.audit.references import KEPT_ANEW, Needed, needed, remade
from ...record.disk import Disk, explained
from ...record.images import ImageStore
from ...record.run import Run


class Shelf(Protocol):
    """Where runs are on record."""

    @property
    def busy(self) -> bool:
        """Whether a run is on its way there, or waits to be collected."""

    def runs(self, ids: Iterable[str]) -> Mapping[str, Run]:
        """Those of these runs that are on record, by id."""

    def files(self, run: Run) -> Iterator[Finding]:
        """What is wrong with the files that this run speaks of."""


class StoreShelf:
    """A store, by its journal alone. Raises StoreUnavailable and Stale."""

    def __init__(self, root: Path) -> None:
        self._book = Book(root)
        self._images = ImageStore(root, Disk())
        self._root = root
        self._missed = Missed(lambda run: run.session in self._elsewhere)

    @property
    def busy(self) -> bool:
        return is_busy(self._root)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is to be said of the files of all runs that were asked for, and is no finding."""
        return self._missed.remarks

    @cached_property
    def _elsewhere(self) -> frozenset[str]:
        """The sessions of which the store has no original at all, not only of what this notebook shows: they bought in
        the clone of somebody else."""
        sessions = defaultdict[str, list[Needed]](list)
        for run in map(needed, self._book.runs()):
            sessions[run.session].append(run)
        there = kept(self._root)
        return frozenset(session for session, runs in sessions.items() if holds_none(runs, there))

    def runs(self, ids: Iterable[str]) -> Mapping[str, Run]:
        return {run.id: run for run in self._book.builder.runs(list(ids))}

    def files(self, run: Run) -> Iterator[Finding]:
        speaks_of, there = needed(run), set[str]()
        for path, key, back in self._expected(run, speaks_of):
            digest = _digest(path)
            if digest is None:
                continue
            there.add(key)
            if not digest.startswith(path.name.partition(".")[0]):
                what = f"the bytes of {path.name} are not those that its name says"
                yield Finding("changed file", f"run {run.short}", what, f"Delete it. {back}")
        yield from self._missed.findings(speaks_of, there)

    def _expected(self, run: Run, speaks_of: Needed) -> Iterator[tuple[Path, str, str]]:
        """(path, what the record calls it, how it comes back) of all files that lie there."""
        for sha256 in speaks_of.originals:
            if (path := self._images.find(sha256)) is not None:
                yield path, sha256, speaks_of.back
        for sha256, _ in speaks_of.inputs:
            if sha256 not in speaks_of.originals and (path := self._images.find(sha256)) is not None:
                yield path, sha256, KEPT_ANEW
        if run.preview is not None:
            yield run.preview.path, run.preview.path.name, remade(run.short)


def is_busy(root: Path) -> bool:
    """Whether a run of this store is on its way, or waits to be collected. Raises StoreUnavailable."""
    folder = root / places.OPEN
    with explained(folder):
        return folder.is_dir() and any(folder.iterdir())


def _digest(path: Path) -> str | None:
    """SHA-256 of a file; None where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return str(hashlib.file_digest(stream, "sha256").hexdigest())
    except OSError:
        return None
