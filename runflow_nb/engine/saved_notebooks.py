"""What saved notebooks show and a store lacks: brought in when a look-up misses, before anything is bought."""

from __future__ import annotations

import threading
from concurrent.futures import Executor
from pathlib import Path

from ..record import places
from ..record.notebook_file import Extent, extent_of
from ..record.store import Store


class SavedNotebooks:
    """Reads each notebook's file once for each time that it is saved, and not at all while nothing is missed.

    Any thread. Nothing leaves the machine.
    """

    def __init__(self, store: Store, claiming: Executor) -> None:
        """`claiming`: the thread for all that holds a store's lock."""
        self._store = store
        self._claiming = claiming
        self._lock = threading.Lock()
        self._read: dict[Path, Extent | None] = {}
        self.brought = 0
        """How often something was brought in: whoever has looked up before that may look again."""

    def bring(self, notebook: str | None) -> None:
        """Bring in what the notebook's file tells, where it was saved since it was read last. Blocks.

        Raises StoreUnavailable.
        """
        name = self._store.relative(notebook)
        if name is None:
            return
        path = places.notebook_path(self._store.root, name)
        with self._lock:
            try:
                extent = extent_of(path)
                if extent is None or self._read.get(path) == extent:
                    return
                data = path.read_bytes()
            except (OSError, ValueError, MemoryError):
                return  # a notebook that was never saved, or that nobody can read, shows nothing
            from ..record.saved.bringing import bring

            told = self._claiming.submit(bring, self._store, data, name).result()
            self._read[path] = extent
            self.brought += told.changed
