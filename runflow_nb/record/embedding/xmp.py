"""The recipe's text in an XMP packet: one element, put among what others wrote, and taken out byte for byte.

Read by a parser that knows no entities and no outside: what swells or reaches out is refused at its first sign.
"""

from __future__ import annotations

import re
from xml.parsers import expat
from xml.sax.saxutils import escape

from .splice import Unsuited

NAMESPACE = "https://runflow.io/ns/notebook/1.0/"
PROPERTY = "recipe"
BEGIN = f'<rdf:Description rdf:about="" xmlns:runflow="{NAMESPACE}"><runflow:{PROPERTY}>'.encode()
END = f"</runflow:{PROPERTY}></rdf:Description>".encode()
FRAME = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
).encode()
CLOSING = b"</rdf:RDF>"
TAIL = CLOSING + b'</x:xmpmeta>\n<?xpacket end="w"?>'
NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""What JSON may hold and XML may not."""


class Unreadable(ValueError):
    """There is a recipe and it cannot be read. The text says why."""


def with_recipe(packet: bytes | None, text: str) -> bytes:
    """The packet with this JSON text in it, in place of an earlier one. Raises Unsuited."""
    others = without_recipe(packet)
    written = NOT_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    ours = BEGIN + escape(written).encode() + END
    if others is None:
        return FRAME + ours + TAIL
    head, closing, tail = others.rpartition(CLOSING)
    if not closing or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unsuited("has metadata that nothing can be added to")
    return head + ours + closing + tail


def without_recipe(packet: bytes | None) -> bytes | None:
    """The packet as it was before ours was put in; None where there was none."""
    if packet is None:
        return None
    head, begin, rest = packet.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        return packet
    return None if (head, tail) == (FRAME, TAIL) else head + tail


def recipe_text(packet: bytes) -> str | None:
    """The recipe's text, also where another program wrote the packet anew; None where there is none. Raises Unreadable
    where the packet names it and cannot be parsed."""
    if NAMESPACE.encode() not in packet:
        return None
    reader = _Reader()
    try:
        reader.parser.Parse(packet.strip(b"\0 \r\n\t"), True)
    except (expat.ExpatError, ValueError, LookupError) as reason:
        raise Unreadable(f"its XMP packet is damaged ({reason})") from None
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found: str | None = None
        self._parts: list[str] | None = None
        self.parser = expat.ParserCreate(namespace_separator="")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _refuse(self, *_: object) -> None:
        raise ValueError("it declares a document type")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self.found is None:
            self.found = attributes.get(NAMESPACE + PROPERTY)
        if name == NAMESPACE + PROPERTY:
            self._parts = []

    def _text(self, text: str) -> None:
        if self._parts is not None:
            self._parts.append(text)

    def _end(self, name: str) -> None:
        if name == NAMESPACE + PROPERTY and self._parts is not None:
            self.found = self.found if self.found is not None else "".join(self._parts)
            self._parts = None
