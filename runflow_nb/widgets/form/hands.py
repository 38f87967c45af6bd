"""What ipywidgets alone cannot do in a form: files that are dropped, and words that belong to a control.

`FileUpload` would send a file as one message, and servers cut the connection at 10 MiB; and it keeps the file in the
widget's state. Here the bytes are in messages only:

    {"file": id, "name": NAME, "size": BYTES}     a file begins
    {"piece": id, "at": OFFSET} and one buffer    a part of it
    {"large": NAME, "size": BYTES}                a file that is too large, of which nothing is sent
    {"address": URL}                              a picture dragged from another page
    {"add": HASH}                                 one of those on the shelf
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import traitlets

from ...engine.pictures.files import LARGEST
from ..late import Late
from ..pictures import Pictures, script
from .look import look

AT_ONCE = 16
"""Files that may be on their way together."""


@dataclass(slots=True)
class Arriving:
    """A file of which not all pieces are here."""

    name: str
    size: int
    data: bytearray = field(default_factory=bytearray)


class Incoming:
    """Puts the pieces of files together. The page sends each file's in their order."""

    def __init__(self, taken: Callable[[str, bytes], None], large: Callable[[str, int], None]) -> None:
        """`taken`: told name and bytes of a whole file; `large`: name and size of one that is too large."""
        self._taken, self._large = taken, large
        self._files: dict[str, Arriving] = {}

    def hear(self, content: Any, buffers: Any) -> None:
        """One message of the page. What makes no sense in it is left alone."""
        match content:
            case {"large": str(name), "size": int(size)}:
                self._large(name, size)
            case {"file": str(key), "name": str(name), "size": int(size)}:
                self._begin(key, name, size)
            case {"piece": str(key), "at": int(at)} if key in self._files and buffers:
                self._add(key, at, buffers[0])

    def _begin(self, key: str, name: str, size: int) -> None:
        if size > LARGEST:
            self._large(name, size)
            return
        while len(self._files) >= AT_ONCE:
            # The page went away in mid-file: nobody will send the rest.
            self._files.pop(next(iter(self._files)))
        self._files[key] = Arriving(name, size)
        self._end(key)

    def _add(self, key: str, at: int, piece: Any) -> None:
        arriving = self._files[key]
        if at != len(arriving.data) or at + len(piece) > arriving.size:
            del self._files[key]
            return
        arriving.data += piece
        self._end(key)

    def _end(self, key: str) -> None:
        arriving = self._files[key]
        if len(arriving.data) == arriving.size:
            del self._files[key]
            self._taken(arriving.name, bytes(arriving.data))


class Hands(Late, Pictures):
    """The place to drop files on; drops anywhere on the form count too. No file is ever in a trait."""

    late_esm = script("keys.js", "form/hands.js")
    late_css = look()
    largest = traitlets.Int(LARGEST).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    """What the pictures are called."""
    several = traitlets.Bool(True).tag(sync=True)
    """Whether more than one is taken."""
    words = traitlets.Dict().tag(sync=True)
    """Field -> [what it is for, what is wrong, what else is to be said], put below its control and tied to it."""
    shelf: Any = traitlets.List().tag(sync=True)
    """[hash, label] of each picture that may be added."""
    chosen: Any = traitlets.List().tag(sync=True)
    """[hash, name] of each picture that was; the hash is "" where it is not shown."""

    def __init__(
        self, incoming: Incoming, address: Callable[[str], None], add: Callable[[str], None], **traits: Any
    ) -> None:
        """`address`: told the address of a picture that was dragged here. `add`: the hash of one on the shelf."""
        super().__init__(**traits)
        self._incoming, self._address, self._add = incoming, address, add
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, content: Any, buffers: Any) -> None:
        match content:
            case {"address": str(url)}:
                self._address(url)
            case {"add": str(name)}:
                self._add(name)
            case _:
                self._incoming.hear(content, buffers)
