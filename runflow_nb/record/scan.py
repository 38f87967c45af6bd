"""Reading journals that grow: what is new in which file, and only lines that are whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .disk import unavailable
from .journal import SUFFIX, decode

CHUNK = 2**16
"""Bytes read at once: few enough that what is made of them stays in the processor's cache."""
TAIL = 128
"""Bytes before an offset that must still be the same, or the file is another one."""


class Extent(NamedTuple):
    """A file as a folder's listing shows it."""

    size: int
    changed: int
    """When it was changed, in ns."""


class Line(NamedTuple):
    """Where a whole line lies, and what it says: None where it is damaged."""

    offset: int
    length: int
    event: dict[str, Any] | None


def journals(folder: Path) -> dict[str, Extent]:
    """The journal files of a folder; none where there is no folder. Raises StoreUnavailable where it cannot be read."""
    found = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(SUFFIX):
                    known = entry.stat()
                    found[entry.name] = Extent(known.st_size, known.st_mtime_ns)
    except FileNotFoundError:
        return found
    except OSError as error:
        raise unavailable(folder, error) from error
    return found


def tail(path: Path, offset: int) -> bytes:
    """A digest of the bytes just before this offset: the bytes themselves may be of a run that is forgotten."""
    start = max(0, offset - TAIL)
    try:
        with path.open("rb") as stream:
            stream.seek(start)
            return hashlib.sha256(stream.read(offset - start)).digest()
    except OSError as error:
        raise unavailable(path, error) from error


def lines(path: Path, offset: int) -> Iterator[tuple[int, list[Line]]]:
    """The whole lines from this offset on, many at a time, with the offset after them.

    What follows the last newline is left for later.

    Raises StoreUnavailable.
    """
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            rest = b""
            while chunk := stream.read(CHUNK):
                whole, newline, rest = (rest + chunk).rpartition(b"\n")
                if newline:
                    found = _split(whole, offset)
                    offset += len(whole) + 1
                    yield offset, found
    except OSError as error:
        raise unavailable(path, error) from error


def _split(whole: bytes, offset: int) -> list[Line]:
    found = []
    for text in whole.split(b"\n"):
        if text.strip():
            found.append(Line(offset, len(text), decode(text)))
        offset += len(text) + 1
    return found


def lines_at(path: Path, places: Sequence[tuple[int, int]]) -> list[dict[str, Any] | None]:
    """The events that lie at these offsets and lengths; None where none does (any more). Raises StoreUnavailable."""
    found = []
    try:
        with path.open("rb") as stream:
            for offset, length in places:
                stream.seek(offset)
                found.append(decode(stream.read(length)))
    except FileNotFoundError:
        return [None] * len(places)
    except OSError as error:
        raise unavailable(path, error) from error
    return found
