"""A picture as it was given, with the words that a person used for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Given:
    """What a word of a cell stands for: `fox[1]` for an image of a run, `shots/*.png` for one of its files."""

    value: Any = field(repr=False)
    """Not in the repr: it may be a whole file."""
    typed: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A picture that went into an earlier run: its bytes are in the store, whatever became of where it came from."""

    known: Mapping[str, Any]
    """What the journal keeps of it."""


def plain(given: Any) -> Any:
    """The picture itself."""
    return given.value if isinstance(given, Given) else given
