"""A picture as it was given, with the words that a person used for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Given:
    """What a word of a cell stands for: `fox[1]` for an image of a run, `shots/*.png` for one of its files."""

    value: Any = field(repr=False)
    """Not in the repr: it may be a whole file."""
    typed: str


def plain(given: Any) -> Any:
    """The picture itself."""
    return given.value if isinstance(given, Given) else given
