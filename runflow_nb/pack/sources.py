"""Where the runs are that are packed: in a store or, where that has none of them, in the notebook itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..record.history import History
from ..record.notebook_file import extent_of
from ..record.saved.bringing import bring
from ..record.store import Store
from ..settings import FOLDER


@contextmanager
def source(root: Path, notebook: Path, *, previews_only: bool) -> Iterator[Store]:
    """The store in `root`. Where it has no run of the notebook and previews are enough: one of what the notebook's own
    saved outputs tell, which lies elsewhere and is gone afterwards.

    Raises StoreUnavailable.
    """
    store = Store(root)
    data = _saved(notebook) if previews_only and not len(History(store.index, notebook=notebook.absolute())) else None
    if data is None:
        yield store
        return
    with tempfile.TemporaryDirectory(prefix="runflow-pack-") as folder:
        told = Store(Path(folder) / FOLDER)
        try:
            yield told if bring(told, data, notebook.name).runs else store
        finally:
            told.close()


def _saved(notebook: Path) -> bytes | None:
    """The notebook's bytes; None where it cannot be read."""
    try:
        return None if extent_of(notebook) is None else notebook.read_bytes()
    except (OSError, ValueError):
        return None
