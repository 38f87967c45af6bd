"""The store: the folder `.runflow` with all that is kept. Opening it writes nothing; the first write makes it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePath

from filelock import FileLock

from ..clock import Clock, SystemClock, passed
from ..errors import StoreUnavailable
from . import locks, places
from .declarations import Declarations
from .disk import Disk, unavailable
from .ids import new_id
from .images import ImageStore
from .index import Index
from .journal import Journal
from .run import Preview
from .uploads import Uploads

RECENT = 600.0
"""Seconds without an event after which a process counts as gone, where locks do not work."""


class Store:
    """One folder, as one process uses it. Any thread."""

    def __init__(self, root: Path, *, disk: Disk | None = None, clock: Clock | None = None) -> None:
        self.root = Path(root).absolute()
        self.disk = disk or Disk()
        self.clock: Clock = clock or SystemClock()
        self.session = new_id(self.clock.time())
        """Names this process's journal file."""
        self.locks_work = True
        """False once it turned out that this file system knows no locks: a claim then keeps out threads only."""
        self.journal = Journal(self.root, self.session, self.disk, self.clock, self.prepare)
        self.index = Index(self.root)
        self._preparing = threading.Lock()
        self._prepared = False
        self._own: FileLock | None = None
        self._marked: set[str] = set()
        """The runs that this process has marked as open."""
        self._watched: dict[str, tuple[datetime, float]] = {}
        """Session -> its last event, and since when (monotonic seconds) it is known to be that."""

    def __repr__(self) -> str:
        return f"Store({str(self.root)!r})"

    @cached_property
    def images(self) -> ImageStore:
        """Originals and inputs."""
        return ImageStore(self.root, self.disk)

    @cached_property
    def declarations(self) -> Declarations:
        """What the API's list said of models."""
        return Declarations(self.root, self.disk)

    @cached_property
    def uploads(self) -> Uploads:
        """Which files an API has already."""
        return Uploads(self.root, self.disk)

    def new_id(self) -> str:
        """A run id, above all that this process drew before, and all that are on record: whatever a clock says, the
        run that is bought later is the later one. Raises StoreUnavailable."""
        return new_id(self.clock.time(), self.index.last_id())

    def prepare(self, anew: bool = False) -> None:
        """Make the folder ready for writing and show that this process is alive. `anew`: what was there may be gone.

        Raises StoreUnavailable.
        """
        with self._preparing:
            if self._prepared and not anew:
                return
            ignore = self.root / ".gitignore"
            if not ignore.exists():
                self.disk.replace(ignore, places.IGNORED.encode())
            for run in tuple(self._marked):
                self.disk.touch(self.root / places.OPEN / run)
            if self._own is not None and not self._lock_of(self.session).exists():
                locks.give_back(self._own)  # of a lock whose file is gone nobody else knows
                self._own = None
            try:
                # Somebody may hold it for a moment, who rewrites what was left here by a session that was closed.
                self._own = self._own or locks.take(self._lock_of(self.session), locks.PATIENCE)
            except locks.LocksUnsupported:
                self.locks_work = False
            self._prepared = True

    @contextmanager
    def lock(self, timeout: float = locks.PATIENCE) -> Iterator[None]:
        """Keep out all other threads and, where locks work, processes. Not reentrant; held for a claim, nothing longer.

        Raises StoreUnavailable where nothing can be written, or after `timeout` seconds.
        """
        with locks.held(self.root, self.root / places.LOCKS / "store.lock", timeout) as works:
            if not works:
                self.locks_work = False
            yield

    def is_alive(self, session: str) -> bool:
        """Whether the process of this session is still there."""
        if session == self.session:
            return True
        path = self._lock_of(session)
        if self.locks_work:
            if not path.exists():
                return False
            try:
                lock = locks.take(path, 0)
            except (locks.LocksUnsupported, StoreUnavailable):
                pass  # another user's file, or a read-only folder: the journal has to tell
            else:
                locks.give_back(lock, remove=True)
                return lock is None
        last = self.index.last_event(session)
        return last is not None and self._silent(session, *last) < RECENT

    def _silent(self, session: str, last: datetime, up: float) -> float:
        """Seconds without an event, as far as is certain: by both clocks, or because it was watched for so long."""
        now = self.clock.monotonic()
        watched, since = self._watched.get(session, (None, now))
        self._watched[session] = last, since if watched == last else now
        return max(passed(self.clock, last.timestamp(), [up]), now - self._watched[session][1])

    @contextmanager
    def gone(self, session: str) -> Iterator[bool]:
        """Whether the process of another session is gone; if so, nothing is written for it while this lasts.

        Raises StoreUnavailable where that cannot be told.
        """
        lock = None
        try:
            lock = locks.take(self._lock_of(session), 0)
            dead = lock is not None
        except locks.LocksUnsupported:
            self.locks_work = False
            dead = not self.is_alive(session)
        try:
            yield dead
        finally:
            locks.give_back(lock, remove=True)

    def mark_open(self, run: str) -> None:
        """Leave a marker for a run that is on its way. Raises StoreUnavailable."""
        self.prepare()
        self.disk.touch(self.root / places.OPEN / run)
        self._marked.add(run)

    def unmark_open(self, run: str) -> None:
        """Take the marker away. Raises StoreUnavailable."""
        self._marked.discard(run)
        self.disk.unlink(self.root / places.OPEN / run)

    def open_markers(self) -> list[str]:
        """The runs that have a marker, oldest first. Raises StoreUnavailable where they cannot be read."""
        folder = self.root / places.OPEN
        try:
            return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise unavailable(folder, error) from error

    def keep_preview(self, data: bytes, mime: str) -> str:
        """Keep a preview under the hash of its bytes; its key. Raises StoreUnavailable."""
        key = hashlib.sha256(data).hexdigest()[:32]
        path = places.preview_path(self.root, key, mime)
        if not path.exists():
            self.disk.replace(path, data)
        return key

    def preview(self, key: str, mime: str, width: int, height: int) -> Preview:
        """The preview of this key, whether its file is there or not."""
        return Preview(places.preview_path(self.root, key, mime), mime, width, height)

    def relative(self, notebook: str | PurePath | None) -> str | None:
        """A notebook as it is recorded: relative to the folder that holds the store, where it lies below it."""
        return places.notebook_name(self.root, notebook)

    def close(self) -> None:
        """Keep the index for the next process and let go of the session's lock. A later write takes it again."""
        with suppress(StoreUnavailable):
            if self._prepared:
                self.index.refresh()
            self.index.save()
        with self._preparing:
            locks.give_back(self._own, remove=True)
            self._own, self._prepared = None, False

    def _lock_of(self, session: str) -> Path:
        return self.root / places.LOCKS / f"{session}.lock"
