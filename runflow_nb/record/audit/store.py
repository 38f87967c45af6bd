"""A whole store, checked against its own journal. Only reads: no index, lock or folder is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...errors import StoreUnavailable
from ...secret import Secret
from .. import places
from ..build import Stale
from ..disk import explained
from ..run import short_id
from .book import Book
from .cache import index_differences
from .files import hashed, judge
from .finding import Figures, Finding
from .known import Known, known
from .lines import read_lines
from .missed import Missed, holds_none
from .recipes import changed_recipe, derived
from .references import References, needed
from .runs import loose_markers, unended
from .takes import claimed_twice, same_run_id

ATTEMPTS = 3
"""Times that a journal is read to which others write meanwhile."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What a check found, and what it looked at."""

    findings: tuple[Finding, ...]
    figures: Figures
    runs: tuple[Known, ...]
    """What a server could be asked about, oldest first."""
    remarks: tuple[str, ...] = ()
    """What is to be said and is no finding."""


def check_store(root: Path, key: Secret | None = None) -> Audit:
    """Check the store in this folder. `key`: looked for in the journal, besides all that looks like one.

    Raises StoreUnavailable where it cannot be read, or where it changes all the time.
    """
    for _ in range(ATTEMPTS):
        try:
            audit = _Audit(root, key)
            findings = tuple(audit.findings())
        except Stale:
            continue
        if audit.book.current:
            return Audit(findings, audit.figures, tuple(audit.known), audit.remarks)
    raise StoreUnavailable(str(root / places.JOURNAL), "its files change while they are read")


class _Audit:
    """One pass over everything."""

    def __init__(self, root: Path, key: Secret | None) -> None:
        self.book = Book(root)
        self.figures = Figures()
        self.known: list[Known] = []
        self.remarks: tuple[str, ...] = ()
        self._root = root
        self._key = key

    def findings(self) -> Iterator[Finding]:
        yield from self._journal()
        files = References()
        yield from self._runs(files)
        yield from claimed_twice(self.book.claims())
        yield from same_run_id(self.book.shared_run_ids())
        yield from index_differences(self._root, self.book)
        yield from self._files(files)

    def _journal(self) -> Iterator[Finding]:
        for file in read_lines(self._root, self._key):
            self.figures = self.figures.plus(Figures(files=1, bytes=file.size, events=file.events))
            yield from file.findings
        for run, name in self.book.without_intent():
            what = f"run {short_id(run)} has events and no intent"
            remedy = "Its intent is in a journal file that is not here: bring that back, from git or a backup"
            yield Finding("no intent", f"{places.JOURNAL}/{name}", what, remedy)

    def _runs(self, files: References) -> Iterator[Finding]:
        markers = self._markers()
        open_ones, all_ids = set[str](), set[str]()
        for run in self.book.runs():
            files.take(needed(run))
            self.known.append(known(run))
            again = derived(run)
            self.figures = self.figures.plus(Figures(runs=1, recipes=int(again is not None)))
            all_ids.add(run.id)
            if run.open or run.phase == "unknown":
                open_ones.add(run.id)
            yield from unended(run, run.id in markers)
            yield from changed_recipe(run, again)
        yield from loose_markers(sorted(markers), open_ones, all_ids)

    def _markers(self) -> set[str]:
        folder = self._root / places.OPEN
        with explained(folder):
            return {path.name for path in folder.glob("[!.]*")} if folder.is_dir() else set()

    def _files(self, spoken_of: References) -> Iterator[Finding]:
        files = list(hashed(self._root))
        self.figures = self.figures.plus(Figures(files=len(files), bytes=sum(file.size for file in files)))
        yield from judge(files, spoken_of, self.book.named_inputs())
        there = {file.key for file in files if file.placed}
        previews_only = holds_none(spoken_of.runs, there)
        missed = Missed(lambda _: previews_only)
        for run in spoken_of.runs:
            yield from missed.findings(run, there)
        self.remarks = missed.remarks


def is_store(folder: Path) -> bool:
    """Whether this folder holds what a store holds."""
    return any((folder / name).is_dir() for name in (places.JOURNAL, places.IMAGES, places.PREVIEWS))
