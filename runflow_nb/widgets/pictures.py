"""Pictures inside widgets: the page asks by hash and size for what comes into sight, the kernel answers in one binary
message. No picture is ever in a trait, so none is in a saved notebook's widget state.

Messages, both ways custom messages of the widget:

    {"ask": "pictures", "wanted": [[hash, size], ...]}
    {"told": "pictures", "pictures": [{"hash", "size", "state", "mime", "width", "height", "buffer"}]} and the buffers

`state` is `here`, `gone` (no file of it can be read) or `unknown` (no such picture was offered to this page).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget

from .. import calls
from ..record.output_file import OutputFile
from .files import piece
from .sources import Source, made
from .style import style

AT_ONCE = 64
"""Pictures of one message at the most; a page asks for fewer."""
MARGIN = re.compile(r"^[ ]*(//.*\n|\n)?", re.MULTILINE)
HERE = Path(__file__).parent
Message = dict[str, Any]


def script(*files: str) -> str:
    """The page's side of a widget: `pictures.js`, and these files of this room after it, as one module.

    Without its remarks and margins, for it is part of the widget state that a notebook saves.
    """
    whole = "\n".join((HERE / name).read_text("utf-8") for name in ("pictures.js", *files))
    return MARGIN.sub("", whole)


class Pictures(anywidget.AnyWidget):
    """What every widget that shows pictures is; its script calls `pictures(model)` of `pictures.js`."""

    _css = style()

    def __init__(self, sources: Iterable[Source] = (), **traits: Any) -> None:
        self._sources: dict[str, Source] = {}
        self._files: dict[str, OutputFile] = {}
        self.offer(sources)
        super().__init__(**traits)
        self.on_msg(self._on_message)

    def offer(self, sources: Iterable[Source]) -> None:
        """From now on the page may ask for these. Any thread."""
        self._sources.update((source.hash, source) for source in sources)

    def offer_files(self, files: Mapping[str, OutputFile]) -> None:
        """From now on the page may ask for these, by hash. Any thread."""
        self._files.update(files)

    def _on_message(self, _widget: Any, content: Any, _buffers: Any) -> None:
        # This may be the kernel's own queue, or a subshell's: the work is done elsewhere.
        match content:
            case {"ask": "pictures"}:
                calls.session().loop.start(self._tell_pictures(content.get("wanted")))
            case {"ask": "file", "hash": str(name), "at": int(at)}:
                calls.session().loop.start(self._tell_file(name, at))

    async def _tell_file(self, name: str, at: int) -> None:
        self.send(*await asyncio.to_thread(piece, self._files, name, at))

    async def _tell_pictures(self, wanted: Any) -> None:
        asked = _read(wanted)
        if asked:
            self.send(*await asyncio.to_thread(self._pictures, asked))

    def _pictures(self, asked: Sequence[tuple[str, int]]) -> tuple[Message, list[bytes]]:
        told: list[Message] = []
        buffers: list[bytes] = []
        for name, size in asked:
            source = self._sources.get(name)
            picture = None if source is None else made(source, size)
            entry: Message = {"hash": name, "size": size, "state": "unknown" if source is None else "gone"}
            if picture is not None:
                entry |= {"state": "here", "mime": picture.mime, "width": picture.width, "height": picture.height}
                entry["buffer"] = len(buffers)
                buffers.append(picture.data)
            told.append(entry)
        return {"told": "pictures", "pictures": told}, buffers


def _read(wanted: Any) -> list[tuple[str, int]]:
    """What of this can be asked for: pairs of a hash and a size."""
    found = []
    for pair in wanted[:AT_ONCE] if isinstance(wanted, list) else ():
        match pair:
            case [str(name), int(size)]:
                found.append((name, size))
    return found
