"""A file as parts of another one, with something put in between. Streamed: nothing is held but what is put in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

CHUNK = 2**20
LARGEST_PACKET = 2**22
"""Bytes of a packet that are read: what is larger holds no recipe of ours."""
MOST_BLOCKS = 100_000
"""Blocks of a file that are looked at; a picture has some thousands at most."""

Stretch = tuple[int, int]
"""Bytes of the source, from and up to."""
Parts = tuple[bytes | Stretch, ...]


class Unsuited(ValueError):
    """No recipe can be put into this file, or it is none of its format. The text says why, ready to follow "it "."""


@dataclass(frozen=True, slots=True)
class Packet:
    """The XMP packet that a file has."""

    block: Stretch
    """Where its block lies, with all that frames it."""
    body: bytes
    plain: bool
    """Whether we would frame the body as this block does, so that it can be written anew and brought back."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What has to be known of a file to put something into it."""

    size: int
    """Bytes."""
    place: int
    """Where the block with the packet goes, or would go."""
    signed: bool
    """Whether it holds a C2PA manifest, which speaks for every byte of the file."""
    packet: Packet | None = None
    head: bytes = b""
    """The first bytes, where they say what is in the file."""

    def around(self, block: bytes) -> Parts:
        """The file with this block (b"": none) where the packet is or would be."""
        start, end = self.packet.block if self.packet else (self.place, self.place)
        return (0, start), block, (end, self.size)


def read_exactly(stream: IO[bytes], count: int) -> bytes:
    """Raises Unsuited where there are not as many bytes."""
    data = stream.read(count)
    if len(data) < count:
        raise Unsuited("is cut off")
    return data


def size_of(stream: IO[bytes]) -> int:
    return stream.seek(0, 2)


def pieces(parts: Iterable[bytes | Stretch], source: IO[bytes]) -> Iterator[bytes]:
    """The bytes of these parts, a little at a time."""
    for part in parts:
        if isinstance(part, bytes):
            yield part
            continue
        left = part[1] - source.seek(part[0])
        while left > 0 and (data := source.read(min(CHUNK, left))):
            yield data
            left -= len(data)


def write(parts: Iterable[bytes | Stretch], source: IO[bytes], target: IO[bytes]) -> None:
    for data in pieces(parts, source):
        target.write(data)


def digest(parts: Iterable[bytes | Stretch], source: IO[bytes]) -> str:
    """SHA-256 of these parts."""
    found = hashlib.sha256()
    for data in pieces(parts, source):
        found.update(data)
    return found.hexdigest()
