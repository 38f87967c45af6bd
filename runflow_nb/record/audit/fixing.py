"""What can safely be put right in a store: what dead processes left behind, and the index, which is a cache.

No line of the journal, no picture and no file that a record speaks of is touched.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...errors import StoreUnavailable
from .. import locks, places
from ..disk import explained
from ..index import Index
from ..store import RECENT
from .files import HALF_WRITTEN
from .finding import Finding

SHARED = "store.lock"
"""The lock that everybody takes: its file stays."""


def put_right(root: Path, findings: Iterable[Finding], *, dry_run: bool = False) -> Iterator[str]:
    """Put right what can be, step by step, and say what was done. `findings`: those of this store.

    Raises StoreUnavailable.
    """
    found = list(findings)
    gone, alive = _sessions(root, dry_run=dry_run)
    for path in gone:
        yield f"removed the lock of a process that is gone: {_named(root, path)}"
    for path in () if alive else _half_written(root):
        _unlink(path, dry_run=dry_run)
        yield f"removed a file that was never finished: {_named(root, path)}"
    if any(finding.kind == "index" for finding in found):
        if not dry_run:
            _build_anew(root)
        yield f"built the index anew: {places.INDEX}"
    index = Index(root)
    for name in [f.where.rpartition("/")[2] for f in found if f.kind == "loose marker"]:
        run = index.run(name)
        if run is not None and not run.open and run.phase != "unknown":
            _unlink(root / places.OPEN / name, dry_run=dry_run)
            yield f"removed the marker of a run that has ended: {places.OPEN}/{name}"


def _build_anew(root: Path) -> None:
    index = Index(root)
    index.erase()
    index.refresh()
    index.save()


def _sessions(root: Path, *, dry_run: bool) -> tuple[list[Path], bool]:
    """(the locks of processes that are gone, whether a process may be at it)."""
    folder, gone, alive = root / places.LOCKS, list[Path](), False
    with explained(folder):
        found = sorted(folder.glob("*.lock")) if folder.is_dir() else []
    for path in found:
        if path.name == SHARED:
            continue
        try:
            lock = locks.take(path, 0)
        except (locks.LocksUnsupported, StoreUnavailable):
            lock = None
        if lock is None:
            alive = True
        else:
            locks.give_back(lock, remove=not dry_run)
            gone.append(path)
    return gone, alive


def _half_written(root: Path) -> list[Path]:
    """Files that nobody writes to any more."""
    before = time.time() - RECENT
    with explained(root):
        return sorted(
            path for path in root.rglob(f"*{HALF_WRITTEN}") if path.is_file() and path.stat().st_mtime < before
        )


def _unlink(path: Path, *, dry_run: bool) -> None:
    if not dry_run:
        with explained(path):
            path.unlink(missing_ok=True)


def _named(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
