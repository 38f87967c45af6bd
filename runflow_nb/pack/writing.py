"""A zip that is the same for the same files, written as a stream, and there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

MOMENT = (1980, 1, 1, 0, 0, 0)
"""The first that a zip knows: when something was packed is nobody's business, and would differ every time."""
UNIX, PERMISSIONS = 3, 0o100644
STEP = 2**20
COMPRESSED = frozenset({"png", "jpg", "webp", "gif", "avif", "mp4", "webm", "mov", "mkv", "mp3", "m4a", "ogg", "flac"})
COMPRESSED |= {"aac", "zip", "glb", "pdf", "mpg"}
"""Extensions of what deflating would cost time and bring nothing."""


class Changed(Exception):
    """A file is not any more what it was when it was looked at."""


class PackWriter:
    """Adds files to a zip, each under the same moment and permissions."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, data: bytes) -> None:
        """Add what is in memory."""
        self._archive.writestr(_entry(name, len(data)), data)

    def copy(self, name: str, path: Path, size: int, changed: int) -> None:
        """Add a file, which must still have this size and time (in ns). Raises Changed, OSError."""
        with path.open("rb") as source, self._archive.open(_entry(name, size), "w") as target:
            shutil.copyfileobj(source, target, STEP)
            known = os.fstat(source.fileno())
        if (known.st_size, known.st_mtime_ns) != (size, changed):
            raise Changed(name)


def _entry(name: str, size: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.create_system = UNIX
    entry.external_attr = PERMISSIONS << 16
    entry.file_size = size
    stored = name.rpartition(".")[2] in COMPRESSED
    entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    return entry


@contextmanager
def written(path: Path) -> Iterator[PackWriter]:
    """A zip that appears at `path` when all went well; else nothing is left of it. Raises OSError."""
    with _whole(path) as stream, zipfile.ZipFile(stream, "w") as archive:
        yield PackWriter(archive)


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    stream = temporary.open("xb")
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:  # an interrupt too
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
