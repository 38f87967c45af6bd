"""A saved notebook, read for what it says: its cells, and the runs that they show. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..record.notebook_file import MIME


@dataclass(frozen=True, slots=True)
class Cell:
    """What a person wrote, and what was made of it."""

    source: str
    code: bool
    runs: tuple[str, ...]
    """Our ids of the runs whose records stand in its outputs, each once."""


def cells_of(notebook: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The cells of a notebook; whatever is none is left out."""
    return [cell for cell in _list(notebook.get("cells")) if isinstance(cell, dict)]


def read_cell(cell: Mapping[str, Any]) -> Cell:
    """A cell without its outputs, which may be large."""
    return Cell(source_of(cell), cell.get("cell_type") == "code", tuple(dict.fromkeys(_recorded(cell))))


def source_of(cell: Mapping[str, Any]) -> str:
    """The text of a cell."""
    source = cell.get("source")
    return "".join(map(str, source)) if isinstance(source, list) else str(source or "")


def texts(value: object) -> Iterator[str]:
    """All texts in there; those in a list of texts joined, as a notebook keeps long ones."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from texts(inner)
    elif isinstance(value, list):
        if all(isinstance(inner, str) for inner in value):
            yield "".join(value)
        else:
            for inner in value:
                yield from texts(inner)
    elif isinstance(value, str):
        yield value


def _recorded(cell: Mapping[str, Any]) -> Iterator[str]:
    for output in _list(cell.get("outputs")):
        data = output.get("data") if isinstance(output, dict) else None
        record = data.get(MIME) if isinstance(data, dict) else None
        for run in _list(record.get("runs")) if isinstance(record, dict) else []:
            if isinstance(run, dict) and isinstance(run.get("id"), str):
                yield run["id"]


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else []
