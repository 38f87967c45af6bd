"""A saved notebook, read for what it says: its cells, and what they show. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .outputs import Output, outputs_of


@dataclass(frozen=True, slots=True)
class Cell:
    """What a person wrote, and what was made of it."""

    source: str
    kind: Literal["code", "markdown", "raw"]
    outputs: tuple[Output, ...]
    """Long ones cut."""

    @property
    def runs(self) -> tuple[str, ...]:
        """Our ids of the runs whose records stand in its outputs, each once."""
        return tuple(dict.fromkeys(run for output in self.outputs for run in output.runs))


def cells_of(notebook: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The cells of a notebook; whatever is none is left out."""
    return [cell for cell in _list(notebook.get("cells")) if isinstance(cell, dict)]


def read_cell(cell: Mapping[str, Any]) -> Cell:
    """A cell; one of no known kind is shown as it stands."""
    kind: Literal["code", "markdown", "raw"] = "raw"
    if cell.get("cell_type") == "code":
        kind = "code"
    elif cell.get("cell_type") == "markdown":
        kind = "markdown"
    return Cell(source_of(cell), kind, tuple(outputs_of(cell)) if kind == "code" else ())


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


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else []
