"""Every effect on the disk, through one object: a test can stop the program after any of them.

The index and the lock files are caches, not effects, and do not pass through here.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from ..errors import StoreUnavailable

REASONS = MappingProxyType(
    {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "this user may not write there",
        errno.EPERM: "this user may not write there",
        errno.ENOTDIR: "a file stands where a folder is needed",
        errno.EEXIST: "a file stands where a folder is needed",
        errno.EISDIR: "a folder stands where a file is needed",
        errno.EIO: "the disk reports an error",
        errno.ESTALE: "the network folder is gone",
        errno.ENAMETOOLONG: "its path is too long",
    }
)
NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF, errno.EACCES})
"""What file systems answer that know no fsync of a folder."""


def unavailable(path: Path, error: OSError) -> StoreUnavailable:
    """The error in words for a person."""
    reason = REASONS.get(error.errno or 0) or error.strerror or type(error).__name__
    return StoreUnavailable(str(path), reason)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn an OSError into StoreUnavailable with a plain reason."""
    try:
        yield
    except OSError as error:
        raise unavailable(path, error) from error


class Disk:
    """One method is one effect; each has reached the disk when it returns. Missing folders are made on the way.

    Raises StoreUnavailable.
    """

    def append(self, path: Path, data: bytes) -> None:
        """Add to the end of a file that has no other writer; what a failed write left behind is taken back."""
        with explained(path):
            created = _make_parent(path)
            fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                before = os.fstat(fd).st_size
                try:
                    _write_all(fd, data)
                    os.fsync(fd)
                except BaseException:
                    with suppress(OSError):
                        os.ftruncate(fd, before)
                    raise
            finally:
                os.close(fd)
            if created or before == 0:
                _sync_folder(path.parent)

    def replace(self, path: Path, data: bytes) -> None:
        """Give a file this content, all of it or none."""
        writer = self.stream(path)
        try:
            writer.write(data)
            writer.finish()
        except BaseException:
            writer.discard()
            raise

    def mkdir(self, path: Path) -> None:
        """Make a folder and those above it; one that is there is left as it is."""
        with explained(path):
            path.mkdir(parents=True, exist_ok=True)
            _sync_folder(path.parent)

    def touch(self, path: Path) -> None:
        """Make an empty file; one that is there is left as it is."""
        with explained(path):
            _make_parent(path)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o666))
            _sync_folder(path.parent)

    def unlink(self, path: Path) -> None:
        """Remove a file; one that is not there is as good."""
        with explained(path):
            path.unlink(missing_ok=True)

    def stream(self, path: Path) -> Writer:
        """Begin a file that appears at `path`, whole, when the writer is finished."""
        return Writer(path)


class Writer:
    """Bytes on their way into a file. Until `finish`, nothing stands under the file's name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._temporary = path.parent / f".{path.name}.{secrets.token_hex(6)}.tmp"
        with explained(path):
            _make_parent(path)
            self._fd: int | None = os.open(self._temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)

    def write(self, data: bytes) -> None:
        """Add bytes. Raises StoreUnavailable."""
        if self._fd is None:
            raise ValueError("this file is finished or discarded")
        with explained(self.path):
            _write_all(self._fd, data)

    def finish(self, path: Path | None = None) -> Path:
        """Put the file in place: under `path`, where its name was known only at the end. Raises StoreUnavailable."""
        if self._fd is None:
            raise ValueError("this file is finished or discarded")
        target = path or self.path
        with explained(target):
            try:
                os.fsync(self._fd)
            finally:
                self._close()
            _make_parent(target)
            self._temporary.replace(target)
            _sync_folder(target.parent)
        return target

    def discard(self) -> None:
        """Leave nothing behind. After `finish` this does nothing."""
        self._close()
        with suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    def _close(self) -> None:
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)


def _write_all(fd: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _make_parent(path: Path) -> bool:
    """Whether the folder had to be made."""
    if path.parent.is_dir():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    _sync_folder(path.parent.parent)
    return True


def _sync_folder(folder: Path) -> None:
    try:
        fd = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders; their entries are durable without
        return
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in NO_FOLDER_SYNC:
            raise
    finally:
        os.close(fd)
