"""Where an XMP packet lies in a JPEG: an APP1 segment behind those that have to come first."""

from __future__ import annotations

from typing import IO

from .splice import MOST_BLOCKS, Layout, Packet, Parts, Unsuited, read_exactly, size_of

XMP = b"http://ns.adobe.com/xap/1.0/\0"
LARGEST = 0xFFFF - 2
"""Bytes of a segment beside its marker and length."""
APP0, APP1, APP2, APP11, SCAN, END = 0xE0, 0xE1, 0xE2, 0xEB, 0xDA, 0xD9


def layout(stream: IO[bytes]) -> Layout:
    """Raises Unsuited, OSError."""
    size = size_of(stream)
    stream.seek(0)
    if read_exactly(stream, 2) != b"\xff\xd8":
        raise Unsuited("is no JPEG")
    place, leading, signed, packet = 2, True, False, None
    for _ in range(MOST_BLOCKS):
        start = stream.tell()
        marker = _marker(stream)
        if marker in (SCAN, END):
            return Layout(size, place, signed, packet)
        length = int.from_bytes(read_exactly(stream, 2), "big") - 2
        if length < 0:
            raise Unsuited("is damaged")
        body = read_exactly(stream, length)
        if marker == APP2 and body.startswith(b"MPF\0"):
            raise Unsuited("holds several pictures that point into one another")
        signed = signed or (marker == APP11 and body.startswith(b"JP") and b"jumb" in body[:32] and b"c2pa" in body)
        if marker == APP1 and body.startswith(XMP) and packet is None:
            end = stream.tell()
            packet = Packet((start, end), body.removeprefix(XMP), plain=end - start == length + 4)
        # JFIF and Exif each say that nothing comes before them.
        leading = leading and (marker == APP0 or (marker == APP1 and body.startswith(b"Exif\0")))
        place = stream.tell() if leading else place
    raise Unsuited("has too many segments")


def placed(found: Layout, body: bytes) -> Parts:
    """The file with this packet in place of the one that it has. Raises Unsuited where no segment has room for it."""
    data = XMP + body
    if len(data) > LARGEST:
        raise Unsuited("has no room for so long a recipe")
    return found.around(b"\xff\xe1" + (len(data) + 2).to_bytes(2, "big") + data)


def without(found: Layout) -> tuple[Parts, ...]:
    """The file as it was before a packet was put in."""
    return (found.around(b""),)


def _marker(stream: IO[bytes]) -> int:
    """The next marker; any number of fill bytes may stand before it."""
    if read_exactly(stream, 1) != b"\xff":
        raise Unsuited("is damaged")
    for _ in range(MOST_BLOCKS):
        if (byte := read_exactly(stream, 1)[0]) != 0xFF:
            return byte
    raise Unsuited("is damaged")
