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
from ...record.audit.recipes import changed_recipe, derived
from ...record.audit.references import Needed, missing, needed
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


@dataclass(frozen=True, slots=True)
class PackShelf:
    """The runs of a pack; its files have been held against their hashes."""

    brought: Mapping[str, Run]
    there: frozenset[str]
    previews_only: bool
    busy: bool = False

    def runs(self, ids: Iterable[str]) -> Mapping[str, Run]:
        return {run: self.brought[run] for run in ids if run in self.brought}

    def files(self, run: Run) -> Iterator[Finding]:
        speaks_of = needed(run)
        if self.previews_only:
            speaks_of = Needed(speaks_of.short, (), (), speaks_of.preview, "")
        yield from missing(speaks_of, self.there)


def check_pack(path: Path, key: Secret | None, now: datetime) -> CheckedPack:
    """Check the pack in this file. Raises NotAPack and NewerPack where nothing of it can be read."""
    try:
        with opened(path) as archive:
            manifest = archive.manifest
            found = tuple(_findings(archive, key, now))
            size = sum(sealed.size for sealed in manifest.files.values())
            return CheckedPack(found, len(manifest.files) + 1, len(manifest.runs), size)
    except (DamagedPack, UnsafePack, KeyInPack) as refused:
        return CheckedPack((_refused(refused),), 0, 0, 0)


def _findings(archive: Archive, key: Secret | None, now: datetime) -> Iterator[Finding]:
    name = archive.manifest.notebook
    try:
        verified = verify(archive, NOWHERE, key, now.timestamp())
    except NotUnpacked as refused:
        yield _refused(refused)
        return
    for run in verified.brought.runs.values():
        yield from changed_recipe(run, derived(run))
    yield from findings(read(archive.read(name), key), _shelf(archive, verified), key, now)


def _refused(error: NotUnpacked) -> Finding:
    kind: Kind = "key" if isinstance(error, KeyInPack) else "pack"
    return Finding(kind, error.pack, f"{error.reason}: unpack refuses it", error.advice)


def _shelf(archive: Archive, verified: Verified) -> PackShelf:
    names = archive.manifest.files
    there = {match["sha256"] for name in names if (match := IMAGE.fullmatch(name))}
    there |= {name.rpartition("/")[2] for name in names if PREVIEW.fullmatch(name)}
    return PackShelf(verified.brought.runs, frozenset(there), archive.manifest.previews_only)
