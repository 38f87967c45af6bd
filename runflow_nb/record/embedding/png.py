"""Where an XMP packet lies in a PNG: an `iTXt` chunk right behind the header, met before any pixel."""

from __future__ import annotations

import zlib
from typing import IO

from .splice import LARGEST_PACKET, MOST_BLOCKS, Layout, Packet, Parts, Stretch, Unsuited, read_exactly, size_of

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER_END = 33
"""Signature and `IHDR`."""
FRAME = 12
"""Bytes of a chunk beside its data: length, name, checksum."""
KEYWORD = b"XML:com.adobe.xmp\0"
PLAIN = b"\0\0\0\0"
"""Not compressed, in no language, its keyword not translated."""
COMPRESSED = b"\1\0\0\0"


def layout(stream: IO[bytes]) -> Layout:
    """Raises Unsuited, OSError."""
    size = size_of(stream)
    stream.seek(0)
    if read_exactly(stream, 16)[:8] != SIGNATURE:
        raise Unsuited("is no PNG")
    position, signed, packet = 8, False, None
    for _ in range(MOST_BLOCKS):
        if position + FRAME > size:
            raise Unsuited("is cut off")
        stream.seek(position)
        head = read_exactly(stream, 8)
        length, name = int.from_bytes(head[:4], "big"), head[4:]
        end = position + length + FRAME
        if end > size:
            raise Unsuited("is cut off")
        signed = signed or name == b"caBX"
        if name == b"iTXt" and packet is None and length <= LARGEST_PACKET:
            packet = _packet(head + read_exactly(stream, length + 4), (position, end))
        if name == b"IEND":
            return Layout(size, HEADER_END, signed, packet)
        position = end
    raise Unsuited("has too many chunks")


def placed(found: Layout, body: bytes) -> Parts:
    """The file with this packet in place of the one that it has."""
    return found.around(_block(body))


def without(found: Layout) -> tuple[Parts, ...]:
    """The file as it was before a packet was put in."""
    return (found.around(b""),)


def _block(body: bytes) -> bytes:
    data = b"iTXt" + KEYWORD + PLAIN + body
    return (len(data) - 4).to_bytes(4, "big") + data + zlib.crc32(data).to_bytes(4, "big")


def _packet(block: bytes, where: Stretch) -> Packet | None:
    data = block[8:-4]
    if not data.startswith(KEYWORD):
        return None
    rest = data.removeprefix(KEYWORD)
    if rest.startswith(PLAIN):
        body = rest.removeprefix(PLAIN)
        return Packet(where, body, _block(body) == block)
    # Others may have compressed it; of what swells, only the beginning is made.
    body = _inflated(rest.removeprefix(COMPRESSED)) if rest.startswith(COMPRESSED) else b""
    return Packet(where, body, plain=False)


def _inflated(data: bytes) -> bytes:
    inflating = zlib.decompressobj()
    try:
        body = inflating.decompress(data, LARGEST_PACKET)
    except zlib.error:
        return b""
    return body if inflating.eof else b""
