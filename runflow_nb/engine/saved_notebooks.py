"""What saved notebooks show and a store lacks: brought in when a look-up misses, before anything is bought."""

from __future__ import annotations

import threading
from concurrent.futures import Executor
from pathlib import Path

from ..errors import StoreUnavailable
from ..record import places
from ..record.index import Index
from ..record.notebook_file import Extent, extent_of
from ..record.run import Run
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
        self._beside: Index | None = None
        """What was read last, where the store cannot be written."""
        self.brought = 0
        """How often something was brought in: whoever has looked up before that may look again."""

    def bring(self, notebook: str | None) -> None:
        """Bring in what the notebook's file tells, where it was saved since it was read last. Blocks.

        Where the store cannot be written, what it tells is kept beside it, for this process.
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
            self.brought += self._bring(path, data, name)
            self._read[path] = extent

    def slots(self, origin: str | None, recipe: str, asked: int | None) -> dict[int, Run]:
        """What the notebook that was read last tells of a request, where the store could not take it in."""
        return {} if self._beside is None else self._beside.slots(origin, recipe, asked)

    def _bring(self, path: Path, data: bytes, name: str) -> bool:
        """Whether it told something new."""
        from ..record.saved.bringing import bring
        from ..record.saved.reader import index_of

        try:
            return self._claiming.submit(bring, self._store, data, name).result().changed
        except StoreUnavailable:
            self._beside = index_of(path, data)
            return True
