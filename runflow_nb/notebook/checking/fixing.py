"""What can safely be put right in a saved notebook: only what its cells make again by themselves is taken out.

No text of a cell, no record and no picture of a run is touched, and of the rest not one byte.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ...errors import StoreUnavailable
from ...record.disk import explained
from .leftovers import dead
from .saved import SavedNotebook
from .splice import Replaced, member, parts, spliced, value_at, without
from .weight import STATE, droppable


@dataclass(frozen=True, slots=True)
class Fixed:
    """A notebook put right."""

    data: bytes
    fixes: tuple[str, ...]
    """What was done, in words; none where there was nothing to do."""


def fixed(notebook: SavedNotebook, *, busy: bool) -> Fixed:
    """The notebook put right. `busy`: a run is on its way or waits to be collected, so that no line is dead."""
    text = notebook.data.decode()
    replaced, fixes = list[Replaced](), list[str]()
    if droppable(notebook):
        replaced += _without_state(text)
        fixes.append("dropped the saved state of widgets")
    if not busy:
        for cell in notebook.cells:
            if places := dead(cell.outputs):
                replaced.append(_without_outputs(text, cell.number - 1, places))
                fixes.append(f"dropped a line that was left behind in {cell.where}")
    return Fixed(spliced(text, replaced).encode(), tuple(fixes)) if fixes else Fixed(notebook.data, ())


def _without_state(text: str) -> Iterator[Replaced]:
    metadata = member(text, value_at(text), "metadata")
    widgets = member(text, metadata.value, "widgets") if metadata is not None else None
    if metadata is None or widgets is None:
        return
    kinds = [part.key for part in parts(text, widgets.value)]
    holder, name = (widgets, STATE) if any(kind != STATE for kind in kinds) else (metadata, "widgets")
    dropped = [place for place, part in enumerate(parts(text, holder.value)) if part.key == name]
    yield without(text, holder.value, dropped)


def _without_outputs(text: str, number: int, places: list[int]) -> Replaced:
    cells = member(text, value_at(text), "cells")
    assert cells is not None, "it was read as a notebook"
    outputs = member(text, parts(text, cells.value)[number].value, "outputs")
    assert outputs is not None, "the cell has outputs"
    return without(text, outputs.value, places)


def put(path: Path, before: bytes, after: bytes) -> None:
    """Give the notebook this content, all of it or none, where it is still what was looked at.

    Raises StoreUnavailable.
    """
    target = path.resolve()
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(6)}.tmp")
    with explained(path):
        if target.read_bytes() != before:
            raise StoreUnavailable(str(path), "it was saved while it was looked at")
        try:
            with unfinished.open("xb") as stream:
                stream.write(after)
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.chmod(target.stat().st_mode & 0o7777)
            unfinished.replace(target)
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
