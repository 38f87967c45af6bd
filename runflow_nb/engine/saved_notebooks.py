"""What saved notebooks show and a store lacks: brought in when a look-up misses, before anything is bought."""

from __future__ import annotations

import threading
from concurrent.futures import Executor
from pathlib import Path

from .. import settings
from ..errors import StoreUnavailable
from ..record import places
from ..record.index import Index
from ..record.notebook_file import Extent, extent_of, notebooks_in
from ..record.run import Run
from ..record.store import Store

NOT_TOLD = (
    "It is neither in the store nor among the saved outputs of this folder's notebooks. Which of them this is, its "
    "runner did not say: RUNFLOW_NB_NOTEBOOK=NAME.ipynb does."
)


class SavedNotebooks:
    """Reads each notebook's file once for each time that it is saved, and not at all while nothing is missed.

    Any thread. Nothing leaves the machine.
    """

    def __init__(self, store: Store, claiming: Executor) -> None:
        """`claiming`: the thread for all that holds a store's lock."""
        self._store = store
        self._claiming = claiming
        self._lock = threading.Lock()
        self._read: dict[tuple[Path, bytes], Extent] = {}
        self._beside: Index | None = None
        """What was read last, where the store cannot be written."""
        self.brought = 0
        """How often something was brought in: whoever has looked up before that may look again."""

    def bring(self, notebook: str | None, about: str) -> None:
        """Bring in what the notebook's file tells, where it was saved since it was read last. Blocks.

        Some runners do not say which notebook they run. Then it is one of the working folder's: those are brought in
        that hold the text `about`, a recipe or a model's id. Where the store cannot be written, what is told is kept
        beside it, for this process.
        """
        name = self._store.relative(notebook)
        with self._lock:
            if name is not None:
                self._bring_saved(places.notebook_path(self._store.root, name), name, b"")
                return
            for path in notebooks_in(settings.working_folder):
                self._bring_saved(path, None, about.encode())

    def where_looked(self, notebook: str | None) -> str:
        """Where a run that is not on record was looked for, as a sentence."""
        name = self._store.relative(notebook)
        if name is None:
            return NOT_TOLD if settings.working_folder else "It is not in the store."
        if places.notebook_path(self._store.root, name).is_file():
            return "It is neither in the store nor among the saved outputs of this notebook."
        return f"It is not in the store, and no notebook is saved as {Path(name).name} that could show it."

    def slots(self, origin: str | None, recipe: str, asked: int | None) -> dict[int, Run]:
        """What the notebook that was read last tells of a request, where the store could not take it in."""
        return {} if self._beside is None else self._beside.slots(origin, recipe, asked)

    def _bring_saved(self, path: Path, name: str | None, about: bytes) -> None:
        try:
            extent = extent_of(path)
            if extent is None or self._read.get((path, about)) == extent:
                return
            data = path.read_bytes()
        except (OSError, ValueError, MemoryError):
            return  # a notebook that was never saved, or that nobody can read, shows nothing
        if about in data:
            self.brought += self._bring(path, data, name)
        self._read[path, about] = extent

    def _bring(self, path: Path, data: bytes, name: str | None) -> bool:
        """Whether it told something new."""
        from ..record.saved.bringing import bring
        from ..record.saved.reader import index_of

        try:
            return self._claiming.submit(bring, self._store, data, name).result().changed
        except StoreUnavailable:
            self._beside = index_of(path, data)
            return True
