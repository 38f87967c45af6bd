"""What the cells of a saved notebook answered, as far as a page without Jupyter can show it. Pure.

Anybody may have written it: no member is taken to be of the kind that it should be.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..record.notebook_file import MIME

HEAD, TAIL = 16_000, 4_000
"""Characters of a long text that are kept: its beginning, and its end, where errors say what was wrong."""
LARGEST_PICTURE = 4 * 2**20
"""Characters of a picture in base64."""
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""Of points only: drawings may hold scripts and addresses."""
KINDS: Mapping[str, str] = {"text/html": "HTML", "text/latex": "a formula", "image/svg+xml": "a drawing"}
WIDGET = "application/vnd.jupyter.widget-view+json"
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z^_])")
"""What colours and moves text on a terminal."""
NO_WORDS = re.compile(r"<IPython\.core\.display\.\w+ object>")
"""What stands for an object that has no text."""

Kind = Literal["result", "stream", "error"]


@dataclass(frozen=True, slots=True)
class Output:
    """One answer of a cell."""

    kind: Kind
    text: str = ""
    """Without the marks of a terminal, cut where it is long."""
    left_out: int = 0
    """Characters that were cut from its middle; they stood at `HEAD`."""
    runs: tuple[str, ...] = ()
    """Our ids of the runs whose records stand in it."""
    html: str = ""
    """What its HTML begins with: enough to tell what it is, never to be shown."""
    table: bool = False
    """Whether its lines are rows, which must not be broken."""
    markdown: str = ""
    picture: tuple[str, str] | None = None
    """(type, base64) of a picture of its own."""
    unseen: str = ""
    """What it is, in words, where nothing of it can be shown."""


def outputs_of(cell: Mapping[str, Any]) -> Iterator[Output]:
    """The outputs of a cell, streams that follow each other as one."""
    stream, parts = "", list[str]()
    for output in _list(cell.get("outputs")):
        known = _mapping(output)
        name = str(known.get("name")) if known.get("output_type") == "stream" else ""
        if parts and name != stream:
            yield _text_output("stream", "".join(parts))
            parts = []
        stream = name
        if name:
            parts.append(_whole(known.get("text")))
        else:
            yield _error(known) if known.get("output_type") == "error" else _result(_mapping(known.get("data")))
    if parts:
        yield _text_output("stream", "".join(parts))


def clean(text: str) -> str:
    """The text as a terminal would leave it: without colours, and of a line that was written over its last state."""
    plain = ANSI.sub("", text)
    if "\r" not in plain:
        return plain
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in plain.split("\n"))


def _text_output(kind: Kind, text: str, **more: Any) -> Output:
    whole = clean(text).strip("\n").rstrip()
    left_out = max(0, len(whole) - HEAD - TAIL)
    return Output(kind, whole[:HEAD] + whole[-TAIL:] if left_out else whole, left_out, **more)


def _error(output: Mapping[str, Any]) -> Output:
    """The traceback, which for our own mistakes is a few lines; else what the error says."""
    lines = [line for line in _list(output.get("traceback")) if isinstance(line, str)]
    words = ": ".join(filter(None, (_whole(output.get("ename")), _whole(output.get("evalue")))))
    return _text_output("error", "\n".join(lines) or words)


def _result(data: Mapping[str, Any]) -> Output:
    runs = tuple(dict.fromkeys(_recorded(data)))
    words, html = _whole(data.get("text/plain")), _whole(data.get("text/html"))[:HEAD]
    told = "" if NO_WORDS.fullmatch(words.strip()) else words
    if runs:
        return _text_output("result", told, runs=runs, html=html)
    if WIDGET in data:
        return Output("result", unseen="a widget")
    if (picture := _picture(data)) is not None:
        return _text_output("result", told, picture=picture)
    if not told.strip() and (markdown := _whole(data.get("text/markdown")).strip()):
        return Output("result", markdown=markdown)
    others = [KINDS.get(str(mime), str(mime)) for mime in sorted(data) if mime != "text/plain"]
    unseen = others[0] if others and not told.strip() else ""
    return _text_output("result", told, html=html, table="<table" in html, unseen=unseen)


def _picture(data: Mapping[str, Any]) -> tuple[str, str] | None:
    for mime in PICTURES:
        text = "".join(_whole(data.get(mime)).split())
        if text and len(text) <= LARGEST_PICTURE:
            try:
                return mime, base64.b64encode(base64.b64decode(text, validate=True)).decode()
            except (binascii.Error, ValueError):
                return None
    return None


def _recorded(data: Mapping[str, Any]) -> Iterator[str]:
    for run in _list(_mapping(data.get(MIME)).get("runs")):
        if isinstance(run, dict) and isinstance(run.get("id"), str):
            yield run["id"]


def _whole(text: object) -> str:
    """A text of a notebook, which may be a list of its lines."""
    parts = text if isinstance(text, list) else [text]
    return "".join(part for part in parts if isinstance(part, str))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else []
