"""What completion knows of a notebook, and what it offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from ...record.run import Run


@dataclass(frozen=True, slots=True)
class Offer:
    """One text that could stand at the cursor."""

    text: str
    start: int
    """Where it begins in the cell; it replaces everything from there to the cursor."""
    kind: str
    """What it is, as front ends show it: `option`, `value`, `run`, ..."""


class Notebook(Protocol):
    """What completion may ask. No answer takes long, raises, writes or goes to the network."""

    @property
    def names(self) -> Mapping[str, Any]:
        """The notebook's variables, without IPython's own."""

    @property
    def folder(self) -> Path:
        """Where relative paths begin."""

    @property
    def default_model(self) -> str | None:
        """The model of cells that name none, where one is set."""

    @property
    def models(self) -> Sequence[str]:
        """Full ids: of the catalog, then of what else is known."""

    def runs(self) -> Sequence[Run]:
        """Recent runs of the store, newest first."""

    def last_shown(self) -> Run | None:
        """The run that was shown last."""

    def takes(self, line: str, body: str | None) -> Sequence[int] | None:
        """The takes on record of what this cell asks for; None where that cannot be said."""


def offer(texts: Iterable[str], typed: str, start: int, kind: str) -> list[Offer]:
    """Those of these texts that go on from what is typed, each once; case counts only where it tells them apart."""
    unique = list(dict.fromkeys(texts))
    found = [text for text in unique if text.startswith(typed)]
    found = found or [text for text in unique if text.casefold().startswith(typed.casefold())]
    return [Offer(text, start, kind) for text in found]


def quoted(found: Offer, *, open_end: bool = False) -> Offer:
    """The offer as one word of a line."""
    blank = any(char.isspace() for char in found.text)
    return replace(found, text=f'"{found.text}' + '"' * (not open_end)) if blank else found
