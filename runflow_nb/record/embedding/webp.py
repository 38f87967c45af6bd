"""Where an XMP packet lies in a WebP: the last chunk of an extended file. A simple file becomes an extended one, which
is a matter of the container: the coded picture stays as it is."""

from __future__ import annotations

from typing import IO

from .splice import LARGEST_PACKET, MOST_BLOCKS, Layout, Packet, Parts, Unsuited, read_exactly, size_of

XMP_FLAG, ALPHA_FLAG = 0x04, 0x10
SIMPLE_END = 12
"""`RIFF`, the size of what follows, `WEBP`."""
EXTENDED = b"VP8X\x0a\0\0\0"
EXTENDED_END = SIMPLE_END + len(EXTENDED) + 10
FLAGS = SIMPLE_END + len(EXTENDED)


def layout(stream: IO[bytes]) -> Layout:
    """Raises Unsuited, OSError."""
    size = size_of(stream)
    stream.seek(0)
    head = read_exactly(stream, EXTENDED_END)
    end = int.from_bytes(head[4:8], "little") + 8
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        raise Unsuited("is no WebP")
    position, signed, packet = SIMPLE_END, False, None
    for _ in range(MOST_BLOCKS):
        if position == end:
            return Layout(size, end, signed, packet, head)
        if position + 8 > min(end, size):
            break
        stream.seek(position)
        name, length = read_exactly(stream, 4), int.from_bytes(read_exactly(stream, 4), "little")
        after = position + 8 + length + length % 2
        if after > min(end, size):
            break
        signed = signed or name == b"C2PA"
        if name == b"XMP " and packet is None and length <= LARGEST_PACKET:
            body, padding = read_exactly(stream, length), read_exactly(stream, length % 2)
            packet = Packet((position, after), body, plain=not padding.strip(b"\0"))
        position = after
    raise Unsuited("is cut off or damaged")


def placed(found: Layout, body: bytes) -> Parts:
    """The file with this packet in place of the one that it has. Raises Unsuited where it says that it has one and has
    none."""
    block = b"XMP " + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
    if not _extended(found):
        return _parts(found, EXTENDED + _canvas(found.head), SIMPLE_END, block)
    if found.packet is None and found.head[FLAGS] & XMP_FLAG:
        raise Unsuited("is damaged")
    return _parts(found, _flagged(found, found.head[FLAGS] | XMP_FLAG), EXTENDED_END, block)


def without(found: Layout) -> tuple[Parts, ...]:
    """The file as it may have been before a packet was put in: extended, or where nothing else needs that, simple."""
    if found.packet is None or not _extended(found):
        return (found.around(b""),)
    flags = found.head[FLAGS] & ~XMP_FLAG
    extended = _parts(found, _flagged(found, flags), EXTENDED_END, b"")
    simple = _parts(found, b"", EXTENDED_END, b"")
    return (extended,) if flags & ~ALPHA_FLAG else (extended, simple)


def _extended(found: Layout) -> bool:
    return found.head.startswith(EXTENDED, SIMPLE_END)


def _flagged(found: Layout, flags: int) -> bytes:
    return EXTENDED + bytes([flags]) + found.head[FLAGS + 1 : EXTENDED_END]


def _parts(found: Layout, extension: bytes, rest: int, block: bytes) -> Parts:
    """The file with this `VP8X` chunk before what begins at `rest`, and this block for its packet."""
    (_, start), _, (end, size) = found.around(block)
    ends = found.place
    length = SIMPLE_END - 8 + len(extension) + (start - rest) + len(block) + (ends - end)
    return b"RIFF" + length.to_bytes(4, "little") + b"WEBP" + extension, (rest, start), block, (end, size)


def _canvas(head: bytes) -> bytes:
    """Flags and size of the picture of a simple file. Raises Unsuited."""
    name, data = head[SIMPLE_END : SIMPLE_END + 4], head[SIMPLE_END + 8 :]
    if name == b"VP8 " and data[3:6] == b"\x9d\x01\x2a":
        flags, sides = XMP_FLAG, [int.from_bytes(data[place : place + 2], "little") & 0x3FFF for place in (6, 8)]
    elif name == b"VP8L" and data[:1] == b"\x2f":
        bits = int.from_bytes(data[1:5], "little")
        flags = XMP_FLAG | (ALPHA_FLAG if bits >> 28 & 1 else 0)
        sides = [(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1]
    else:
        raise Unsuited("is of a kind of WebP that is not known here")
    if not all(sides):
        raise Unsuited("is damaged")
    return bytes([flags, 0, 0, 0]) + b"".join((side - 1).to_bytes(3, "little") for side in sides)
