"""A notebook as text that is good to compare: what was typed, and of each output what tells it from another. Pure.

For `git diff` and its like. Nothing of it moves by itself: no counts of executions, no ids of cells, no markup.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...plain import visible
from ...record.notebook_file import MIME

SHA_LENGTH = 16
LONG_DATA = re.compile(r"[A-Za-z0-9+/=]{200,}")
"""What no person types: pictures inside of texts."""
WIDGET = "application/vnd.jupyter.widget-view+json"
RULE = "─" * 4


def notebook_text(data: bytes) -> str:
    """The cells with their outputs. What is no notebook stays the text that it is."""
    try:
        notebook = json.loads(data)
        cells = notebook["cells"]
        if not isinstance(cells, list):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        return _short(data.decode("utf-8", "replace"))
    return "\n".join(line for cell in cells if isinstance(cell, dict) for line in (*_cell(cell), "")) + "\n"


def _cell(cell: Mapping[str, Any]) -> Iterator[str]:
    yield f"{RULE} {_word(cell.get('cell_type'))}"
    yield from _lines(cell.get("source"))
    for name, bundle in _mapping(cell.get("attachments")).items():
        for mime, content in _mapping(bundle).items():
            yield f"{RULE} attachment {_word(name)}: {_data(mime, content)}"
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        yield from _output(_mapping(output))


def _output(output: Mapping[str, Any]) -> Iterator[str]:
    kind = output.get("output_type")
    if kind == "stream":
        yield f"{RULE} {_word(output.get('name'))}"
        yield from _lines(output.get("text"))
        return
    if kind == "error":
        yield f"{RULE} error {_word(output.get('ename'))}: {_word(output.get('evalue'))}"
        return
    bundle = _mapping(output.get("data"))
    yield f"{RULE} output"
    if WIDGET in bundle:
        yield "a widget"
        return
    yield from _lines(bundle.get("text/plain"))
    runs = _mapping(bundle.get(MIME)).get("runs")
    for run in runs if isinstance(runs, list) else ():
        yield from _run(_mapping(run))
    yield from (_data(mime, content) for mime, content in sorted(bundle.items()) if mime.startswith("image/"))


def _run(run: Mapping[str, Any]) -> Iterator[str]:
    """The facts of a record, a line for each that may change alone."""
    seeds = _mapping(run.get("seeds"))
    given = _mapping(run.get("input"))
    yield f"run {_word(run.get('id'))}, {_word(run.get('status'))}, {_word(run.get('origin'))}"
    yield f"  model {_word(run.get('model'))}"
    for name in sorted(given):
        if name != "seed":
            yield f"  {_word(name)} {_word(given[name])}"
    yield f"  seed {', '.join(f'{name} {_word(seeds.get(name))}' for name in ('asked', 'sent', 'returned'))}"
    yield f"  take {_word(run.get('take'))}"
    yield f"  cost {_word(run.get('cost'))}, {_word(run.get('created_at'))}"
    for part in ("images", "files"):
        found = run.get(part)
        for file in found if isinstance(found, list) else ():
            yield f"  {_file(_mapping(file))}"


def _file(file: Mapping[str, Any]) -> str:
    pixels = f"{file.get('width')} × {file.get('height')}, " if file.get("width") else ""
    sha256 = _word(file.get("sha256"))[:SHA_LENGTH]
    return f"{_word(file.get('mime'))}, {pixels}{_word(file.get('bytes'))} bytes, sha256 {sha256}"


def _data(mime: str, content: object) -> str:
    """What stands for a picture: its size and the beginning of its digest."""
    text = "".join(_whole(content).split())
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = text.encode()
    return f"{_word(mime)}, {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:SHA_LENGTH]}"


def _lines(text: object) -> list[str]:
    return _short(_whole(text)).splitlines()


def _whole(text: object) -> str:
    """A text of a notebook, which may be a list of its lines."""
    parts = text if isinstance(text, list) else [text]
    return "".join(part for part in parts if isinstance(part, str))


def _short(text: str) -> str:
    def told(match: re.Match[str]) -> str:
        return f"[{len(match[0])} characters, sha256 {hashlib.sha256(match[0].encode()).hexdigest()[:SHA_LENGTH]}]"

    return visible(LONG_DATA.sub(told, text))


def _word(value: object) -> str:
    """A value on one line."""
    if value is None:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return " ".join(_short(text).split())


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
