"""The records of runs in a saved notebook: read when a history is asked for, never on the way of a run.

The file may be large, half written, full of conflict markers, or none: whatever of it can be read is, and nothing is an
error. So it is not taken apart as a whole; inside JSON a record's key cannot stand as such but where a record follows.
"""

from __future__ import annotations

import re
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import Any

from .middle_of_json import Reader

SCHEMA = 1
"""The number of the record's form, which it holds itself."""
MIME = "application/vnd.runflow.run+json"
"""The type of the output that is the record of runs."""
RECORD = re.compile(rb'"%s"\s*:\s*(?=\{)' % re.escape(MIME).encode())
LARGEST = 256 * 2**20
"""Bytes of a notebook that is looked into; a larger one opens in no front end."""
REMEMBERED = 64
"""Notebooks that are remembered."""

Extent = tuple[int, int]
"""Size in bytes and time of the last change in ns: what is the same as long as nobody saves."""

_known: dict[Path, tuple[Extent, frozenset[str]]] = {}
_lock = threading.Lock()


def saved_runs(path: Path) -> frozenset[str]:
    """The ids of the runs whose records the saved notebook holds; none where it cannot be read.

    Read anew only where the file's size or time has changed.
    """
    try:
        extent = extent_of(path)
        if extent is None:
            return frozenset()
        with _lock:
            known = _known.get(path)
        if known is None or known[0] != extent:
            known = extent, frozenset(run for record in records(path.read_bytes()) for run in _ids(record))
            with _lock:
                _known.pop(path, None)
                _known[path] = known
                while len(_known) > REMEMBERED:
                    del _known[next(iter(_known))]
    except (OSError, ValueError, MemoryError):
        return frozenset()
    return known[1]


def extent_of(path: Path) -> Extent | None:
    """None for what is no file, or too large. Raises OSError, and ValueError for a name that no file can have."""
    found = path.stat()
    readable = stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST
    return (found.st_size, found.st_mtime_ns) if readable else None


def notebooks_in(folder: Path | None) -> list[Path]:
    """The notebooks of a folder, saved last first: as many as have `LARGEST` bytes together."""
    found: list[tuple[int, int, Path]] = []
    with suppress(OSError):
        for path in [] if folder is None else folder.glob("*.ipynb"):
            with suppress(OSError):
                size, changed = extent_of(path) or (LARGEST + 1, 0)
                found.append((changed, size, path))
    found.sort(reverse=True)
    together = accumulate(size for _, size, _ in found)
    return [path for (_, _, path), size in zip(found, together, strict=True) if size <= LARGEST]


def records(data: bytes) -> Iterator[dict[str, Any]]:
    """The records in a notebook's bytes, in their order; those that are damaged are left out."""
    reader = Reader(data)
    found = (reader.read(match.end()) for match in RECORD.finditer(data))
    return (record for record in found if record is not None)


def _ids(record: dict[str, Any]) -> Iterator[str]:
    runs = record.get("runs")
    for run in runs if isinstance(runs, list) else ():
        name = run.get("id") if isinstance(run, dict) else None
        if isinstance(name, str):
            yield name
