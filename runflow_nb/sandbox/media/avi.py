"""Motion-JPEG in AVI: the one film format that a standard library is enough for and that common players open. Pure."""

from __future__ import annotations

import struct
from collections.abc import Sequence

MIME = "video/x-msvideo"
HAS_INDEX = 0x10
KEY_FRAME = 0x10
FRAME = b"00dc"
TRUE_COLOUR = 24


def avi(frames: Sequence[bytes], width: int, height: int, rate: int, software: str) -> bytes:
    """A film of JPEG files of one size; `rate` in frames a second. `software` is named as what made it."""
    largest = max(map(len, frames))
    main = struct.pack(
        "<14I",
        round(1_000_000 / rate),  # microseconds a frame
        largest * rate,  # bytes a second
        0,  # padding
        HAS_INDEX,
        len(frames),
        0,  # initial frames
        1,  # streams
        largest,
        width,
        height,
        *(0, 0, 0, 0),
    )
    stream = struct.pack(
        "<4s4sIHHIIIIIIIIHHHH",
        *(b"vids", b"MJPG"),
        0,  # flags
        *(0, 0),  # priority, language
        0,  # initial frames
        *(1, rate),  # rate / scale = frames a second
        *(0, len(frames)),  # start, length
        largest,
        0xFFFFFFFF,  # quality: the default
        0,  # sample size: it varies
        *(0, 0, width, height),
    )
    form = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, TRUE_COLOUR, b"MJPG", width * height * 3, 0, 0, 0, 0)
    header = _list(b"hdrl", _chunk(b"avih", main), _list(b"strl", _chunk(b"strh", stream), _chunk(b"strf", form)))
    info = _list(b"INFO", _chunk(b"ISFT", software.encode("ascii") + b"\0"))
    chunks = [_chunk(FRAME, frame) for frame in frames]
    return _chunk(b"RIFF", b"AVI " + header + info + _list(b"movi", *chunks) + _chunk(b"idx1", _index(frames, chunks)))


def _index(frames: Sequence[bytes], chunks: Sequence[bytes]) -> bytes:
    """Where each frame begins, counted from the word `movi`, and how long it is without its padding."""
    rows, offset = [], 4
    for frame, chunk in zip(frames, chunks, strict=True):
        rows.append(struct.pack("<4sIII", FRAME, KEY_FRAME, offset, len(frame)))
        offset += len(chunk)
    return b"".join(rows)


def _chunk(name: bytes, data: bytes) -> bytes:
    """A chunk begins at an even address: an odd one is padded, which its length does not count."""
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _list(name: bytes, *chunks: bytes) -> bytes:
    return _chunk(b"LIST", name + b"".join(chunks))
