"""Locks between processes and threads. Where a file system knows none, that is said, not hidden."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, SoftFileLock, Timeout

from ..errors import StoreUnavailable
from .disk import unavailable

PATIENCE = 30.0
"""Seconds to wait for a lock in which nothing longer than a claim happens."""
GLANCE = 0.005
"""Seconds between two tries."""
UNSUPPORTED = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL})
"""What file systems answer that know no locks."""

_guards: dict[str, threading.Lock] = {}
_guards_lock = threading.Lock()


class LocksUnsupported(Exception):
    """The file system knows no locks."""


def guard(root: Path) -> threading.Lock:
    """This process's own lock for a store, however many times the store is opened."""
    with _guards_lock:
        return _guards.setdefault(os.path.realpath(root), threading.Lock())


def take(path: Path, timeout: float) -> FileLock | None:
    """The lock of this file, held; None where somebody else still holds it after `timeout` seconds (0: one try).

    Raises LocksUnsupported, and StoreUnavailable where the file cannot be made.
    """
    # Locks are handed from thread to thread: claims are made wherever a thread is free.
    lock = FileLock(path, timeout=timeout, thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(poll_interval=GLANCE)
    except Timeout:
        return None
    except NotImplementedError:  # how older versions of the library say it
        raise LocksUnsupported from None
    except OSError as error:
        if error.errno in UNSUPPORTED:
            raise LocksUnsupported from None
        raise unavailable(path, error) from error
    if issubclass(type(lock), SoftFileLock):
        # The library's stand-in outlives a killed process: nobody would ever buy again.
        lock.release()
        raise LocksUnsupported
    return lock


def give_back(lock: FileLock | None, *, remove: bool = False) -> None:
    """Release, and with `remove` take the file away, which nobody will wait for any more.

    A network that fails in this moment releases by itself.
    """
    if lock is None:
        return
    if remove:
        with suppress(OSError):
            Path(lock.lock_file).unlink(missing_ok=True)
    with suppress(OSError):
        lock.release()


@contextmanager
def held(root: Path, path: Path, timeout: float = PATIENCE) -> Iterator[bool]:
    """Hold the store's lock against all threads and processes. Not reentrant.

    Yields whether other processes are kept out too, which they are wherever the file system knows locks.
    Raises StoreUnavailable where nothing can be written, or somebody holds it for longer than `timeout` seconds.
    """
    inner = guard(root)
    if not inner.acquire(timeout=timeout):
        raise StoreUnavailable(str(root), f"another thread has held its lock for {timeout:.0f} s")
    lock = None
    try:
        try:
            lock = take(path, timeout)
            works = True
        except LocksUnsupported:
            works = False
        if works and lock is None:
            raise StoreUnavailable(str(root), f"another process has held its lock for {timeout:.0f} s")
        yield works
    finally:
        give_back(lock)
        inner.release()
