"""Picture files that people name: found, hashed once, and looked at before anything is sent."""

from __future__ import annotations

import difflib
import hashlib
import os
import stat
import time
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ...errors import Problem
from ...models.validate import brief_path
from ...record.formats import NotAPicture, PictureFacts, check_whole, facts
from ...record.images import ImageStore

LARGEST = 50 * 2**20
"""Bytes that the API takes as an upload."""
NEIGHBOURS = 2000
"""Names of a folder that are compared with a misspelt one."""
SETTLED = 2.0
"""Seconds after which a file's time tells a later change: some file systems count in steps of two seconds."""

Key = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A file that holds a whole picture."""

    path: Path
    digest: str
    """`sha256:...` of its bytes."""
    mime: str


@dataclass(slots=True)
class Seen:
    """What need not be worked out twice in one process. Safe to share between threads."""

    files: dict[Key, PictureFile] = field(default_factory=dict)
    """By path, size, time and inode."""
    pictures: dict[str, PictureFacts] = field(default_factory=dict)
    """What was found whole, by SHA-256."""
    pngs: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of the PNG that was made of pixels, by their digest."""


def read_file(text: str, images: ImageStore, seen: Seen) -> PictureFile | Problem:
    """The picture file of this path, or the problem that it is missing.

    Raises NotAPicture for everything else that is wrong with it.
    """
    try:
        path = Path(text).expanduser()
        before = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return missing(text)
    except (ValueError, RuntimeError):
        raise NotAPicture("is no path that can exist here") from None
    except OSError as reason:
        raise NotAPicture(f"cannot be read: {reason.strerror or type(reason).__name__}") from None
    _check_kind(before)
    key = _key(path, before)
    if (known := seen.files.get(key)) is not None:
        return known
    try:
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            after = os.fstat(stream.fileno())
        mime = identify(path, sha256, images, seen).mime
    except OSError as reason:
        raise NotAPicture(f"cannot be read: {reason.strerror or type(reason).__name__}") from None
    if _key(path, after) != key:
        raise NotAPicture("changed while it was read: run the cell again")
    found = PictureFile(path, f"sha256:{sha256}", mime)
    # The file system's times are those of this machine, so that an injected clock has no say here.
    if time.time() - after.st_mtime > SETTLED:
        seen.files[key] = found
    return found


def identify(source: Path | bytes, sha256: str, images: ImageStore, seen: Seen) -> PictureFacts:
    """What picture this is; it is looked through for damage once. Raises NotAPicture, OSError."""
    known = seen.pictures.get(sha256)
    if known is None:
        known = facts(source)
        if images.find(sha256) is None:
            check_whole(source)
        seen.pictures[sha256] = known
    return known


def check_size(size: int) -> None:
    """Raises NotAPicture for what no upload takes."""
    if size > LARGEST:
        # Rounded, a size just above would look like one that is taken.
        near = size < LARGEST + 2**20
        told = f"{size:,} bytes; {LARGEST:,} bytes =" if near else f"{size / 2**20:.0f} MiB;"
        raise NotAPicture(
            f"has {told} {LARGEST // 2**20} MiB are taken. Save it smaller, e.g. as JPEG, or host it and give its URL"
        )


def _check_kind(found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise NotAPicture("is a folder: give a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise NotAPicture("is no ordinary file")
    check_size(found.st_size)


def _key(path: Path, found: os.stat_result) -> Key:
    return str(path.absolute()), found.st_size, found.st_mtime_ns, found.st_ino


def nearest_file(text: str) -> str | None:
    """The file beside a missing one whose name is most like it, as it would be typed; None where none is."""
    try:
        with os.scandir(Path(text).expanduser().parent) as entries:
            names = [entry.name for entry in islice(entries, NEIGHBOURS) if entry.is_file()]
    except (OSError, ValueError, RuntimeError):
        return None
    plain = {name.casefold(): name for name in sorted(names)}
    close = difflib.get_close_matches(Path(text).name.casefold(), plain, n=1, cutoff=0.6)
    return str(Path(text).with_name(plain[close[0]])) if close else None


def missing(text: str) -> Problem:
    """The problem that there is no file of this path, with the nearest."""
    folder = str(Path(text).parent)
    if not os.path.isdir(os.path.expanduser(folder)):  # noqa: PTH111, PTH112 - these never raise
        return Problem("images", brief_path(text), f"is not there, nor is the folder {brief_path(folder)}")
    return Problem("images", brief_path(text), "is not there", nearest_file(text))
