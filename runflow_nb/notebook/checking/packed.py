"""A pack, checked as unpacking does and then by the rules for notebooks and runs, without a file being written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ...errors import DamagedPack, KeyInPack, NotUnpacked, UnsafePack
from ...pack.archive import Archive, opened
from ...pack.names import IMAGE, PREVIEW
from ...pack.verifying import Verified, verify
from ...record.audit.finding import Finding, Kind
from ...record.audit.missed import Missed, holds_none
from ...record.audit.references import needed
from ...record.run import Run
from ...secret import Secret
from ...settings import FOLDER
from .notebook import findings
from .saved import read

NOWHERE = Path("/") / FOLDER
"""The store that its runs would go to: nothing is ever looked for there."""


@dataclass(frozen=True, slots=True)
class CheckedPack:
    """What was found in a pack."""

    findings: tuple[Finding, ...]
    files: int
    runs: int
    bytes: int
    """Of all files, unpacked."""
    remarks: tuple[str, ...] = ()
    """What is to be said and is no finding."""


class PackShelf:
    """The runs of a pack; its files have been held against their hashes."""

    busy = False

    def __init__(self, brought: Mapping[str, Run], there: frozenset[str], *, previews_only: bool) -> None:
        """`previews_only`: whether it says so of itself."""
        self._brought, self._there = brought, there
        speak_of = [needed(run) for run in brought.values()]
        self._missed = Missed(lambda _: previews_only or holds_none(speak_of, there))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is to be said of the files of all runs that were asked for, and is no finding."""
        return self._missed.remarks

    def runs(self, ids: Iterable[str]) -> Mapping[str, Run]:
        return {run: self._brought[run] for run in ids if run in self._brought}

    def files(self, run: Run) -> Iterator[Finding]:
        yield from self._missed.findings(needed(run), self._there)


def check_pack(path: Path, key: Secret | None, now: datetime) -> CheckedPack:
    """Check the pack in this file. Raises NotAPack and NewerPack where nothing of it can be read."""
    try:
        with opened(path) as archive:
            manifest = archive.manifest
            found, remarks = _found(archive, key, now)
            size = sum(sealed.size for sealed in manifest.files.values())
            return CheckedPack(found, len(manifest.files) + 1, len(manifest.runs), size, remarks)
    except (DamagedPack, UnsafePack, KeyInPack) as refused:
        return CheckedPack((_refused(refused),), 0, 0, 0)


def _found(archive: Archive, key: Secret | None, now: datetime) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Findings and remarks."""
    name = archive.manifest.notebook
    try:
        verified = verify(archive, NOWHERE, key, now.timestamp())
    except NotUnpacked as refused:
        return (_refused(refused),), ()
    shelf = _shelf(archive, verified)
    return tuple(findings(read(archive.read(name), key), shelf, key, now)), shelf.remarks


def _refused(error: NotUnpacked) -> Finding:
    kind: Kind = "key" if isinstance(error, KeyInPack) else "pack"
    return Finding(kind, error.pack, f"{error.reason}: unpack refuses it", error.advice)


def _shelf(archive: Archive, verified: Verified) -> PackShelf:
    names = archive.manifest.files
    there = {match["sha256"] for name in names if (match := IMAGE.fullmatch(name))}
    there |= {name.rpartition("/")[2] for name in names if PREVIEW.fullmatch(name)}
    return PackShelf(verified.brought.runs, frozenset(there), previews_only=archive.manifest.previews_only)
