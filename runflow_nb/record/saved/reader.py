"""A saved notebook as a history of its own: no store, no kernel, no key. What it tells is put into a store that nobody
else sees, and that lasts as long as this process: whoever holds one of its runs holds a path into it."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from ...errors import NotANotebook
from ..disk import Disk, explained
from ..history import History
from ..index import Index
from ..notebook_file import LARGEST, Extent, extent_of
from ..store import Store
from .bringing import bring

FOLDER = ".runflow"
CELLS = b'"cells"'
"""What stands in every notebook, also in one that is damaged."""
_lock = threading.Lock()
_read: dict[Path, tuple[Extent, int, History]] = {}
"""Path -> what the file was when it was read, the process that did, and what it told."""


class _Fleeting(Disk):
    """A disk whose files need not outlive this process."""

    def replace(self, path: Path, data: bytes) -> None:
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def history_of(path: Path) -> History:
    """The runs that this notebook's file tells of. Read anew only where it was saved since. Raises NotANotebook."""
    place = path.absolute()
    with _lock:
        try:
            extent = extent_of(place)
            if extent is None:
                what = "a folder" if place.is_dir() else f"no file of up to {LARGEST // 2**20} MiB"
                raise NotANotebook(str(path), f"is {what}")
            known = _read.get(place)
            if known is None or known[:2] != (extent, os.getpid()):
                known = _read[place] = extent, os.getpid(), _history(place)
        except (OSError, ValueError) as reason:
            why = reason.strerror if isinstance(reason, OSError) else None
            raise NotANotebook(str(path), f"cannot be read: {why or reason}") from None
        return known[2]


def index_of(path: Path, data: bytes) -> Index:
    """What a notebook's bytes tell, in a store of their own that ends with this process. Raises StoreUnavailable."""
    return _told(path, data)[0]


def _history(path: Path) -> History:
    data = path.read_bytes()
    if CELLS not in data:
        raise ValueError("it is no notebook")
    index, left_out = _told(path, data)
    return History(index, remarks=left_out)


def _told(path: Path, data: bytes) -> tuple[Index, Sequence[str]]:
    store = Store(_folder() / FOLDER, disk=_Fleeting())
    told = bring(store, data, path.name)
    store.close()
    return store.index, told.left_out


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="runflow-notebook-"))
    atexit.register(_remove, folder, os.getpid())
    return folder


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:  # a fork has its parent's folders, and ends before it
        shutil.rmtree(folder, ignore_errors=True)
