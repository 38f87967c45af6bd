"""Reading an AVI file as a player does, by its published structure and not by the code that writes it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

LISTS = (b"RIFF", b"LIST")


@dataclass(frozen=True)
class Chunk:
    """One part of the file."""

    name: bytes
    offset: int
    """Of its name, from the beginning of the file."""
    data: bytes


@dataclass(frozen=True)
class Film:
    """What a player learns."""

    seconds: float
    rate: float
    size: tuple[int, int]
    codec: bytes
    frames: list[bytes]

    def pictures(self) -> list[Image.Image]:
        opened: list[Image.Image] = [Image.open(BytesIO(frame)) for frame in self.frames]
        for picture in opened:
            picture.load()
        return opened


def chunks(data: bytes, start: int = 0, end: int | None = None) -> list[Chunk]:
    """Every chunk that is no list, with those in lists."""
    found, at, last = [], start, len(data) if end is None else end
    while at < last:
        assert at % 2 == 0, "a chunk begins at an odd address"
        name, size = struct.unpack_from("<4sI", data, at)
        assert at + 8 + size <= last, f"{name!r} is longer than what it is in"
        if name in LISTS:
            found += chunks(data, at + 12, at + 8 + size)
        else:
            found.append(Chunk(name, at, data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    assert at == last
    return found


def read_film(data: bytes) -> Film:
    """The film in this file; everything that is said twice in it is held against itself."""
    assert (data[:4], data[8:12]) == (b"RIFF", b"AVI ")
    parts = chunks(data)
    by_name = {part.name: part.data for part in parts}
    frames = [part for part in parts if part.name == b"00dc"]
    main = struct.unpack("<10I", by_name[b"avih"][:40])
    kind, codec = struct.unpack_from("<4s4s", by_name[b"strh"])
    scale, rate, _, length = struct.unpack_from("<4I", by_name[b"strh"], 20)
    width, height = struct.unpack_from("<ii", by_name[b"strf"], 4)
    assert kind == b"vids"
    assert main[4] == length == len(frames)
    assert main[8:10] == (width, height)
    assert main[0] == round(1_000_000 * scale / rate)
    assert main[7] >= max(len(frame.data) for frame in frames)
    movi = data.index(b"movi")
    index = list(struct.iter_unpack("<4sIII", by_name[b"idx1"]))
    assert index == [(b"00dc", 0x10, frame.offset - movi, len(frame.data)) for frame in frames]
    return Film(length * scale / rate, rate / scale, (width, height), codec, [frame.data for frame in frames])
