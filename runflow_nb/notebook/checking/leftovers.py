"""What cells left in their outputs that ended otherwise than they should: errors, lines that nobody updates. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ... import errors
from ...record.audit.finding import Finding
from ..views.caption import WRAP
from ..views.live import ERROR_BEGINS, GOES_ON, LEFT_BEHIND
from .saved import SavedCell, data_of, text_of

OURS = frozenset(
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.CellText)
)
MEANT = "raises-exception"
"""The tag of a cell whose error is meant to be shown."""


def left_behind(cell: SavedCell, *, busy: bool) -> Iterator[Finding]:
    """`busy`: whether a run is on its way, or waits to be collected."""
    if not _meant(cell) and any(map(is_error, cell.outputs)):
        what = "an error of runflow_nb stands in its outputs"
        remedy = f"Run it again, or clear its output; the tag {MEANT} says that it is meant"
        yield Finding("saved error", cell.where, what, remedy)
    if any(map(is_line, cell.outputs)):
        what = "a line that tells of a run on its way was left behind"
        remedy = "Run the cell again: the run is collected, not bought twice"
        yield Finding(
            "live line", cell.where, what, remedy if busy else f"{remedy}; runflow-nb check --fix drops the line"
        )


def is_error(output: Mapping[str, Any]) -> bool:
    """Whether this is an error of ours."""
    if output.get("output_type") == "error":
        return text_of(output.get("ename")) in OURS
    return text_of(data_of(output).get("text/html")).startswith(ERROR_BEGINS)


def is_line(output: Mapping[str, Any]) -> bool:
    """Whether this is a line that stood for a picture to come."""
    return text_of(data_of(output).get("text/plain")).endswith((LEFT_BEHIND, GOES_ON))


def dead(outputs: Sequence[Mapping[str, Any]]) -> list[int]:
    """The places of lines that were left behind, each with the caption that was begun below it."""
    lines = [place for place, output in enumerate(outputs) if is_line(output)]
    below = [place + 1 for place in lines if place + 1 < len(outputs) and _is_begun(data_of(outputs[place + 1]))]
    return sorted({*lines, *below})


def _is_begun(data: Mapping[str, Any]) -> bool:
    html = text_of(data.get("text/html"))
    if not html:
        return data.keys() == {"text/plain"} and not text_of(data["text/plain"])
    return html.startswith(f'<div style="{WRAP}">') and "<details" not in html


def _meant(cell: SavedCell) -> bool:
    metadata = cell.content.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return isinstance(tags, list) and MEANT in tags
