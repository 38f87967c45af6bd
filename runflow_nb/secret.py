"""The API key as an object that shows itself nowhere."""

from __future__ import annotations

import re
from typing import NoReturn

KEY = re.compile(r"\b(rf_[a-z]+_|rfk_|whsec_)\w+", re.IGNORECASE)
"""What Runflow's keys and secrets look like."""


def without_keys(text: str) -> str:
    """What a person typed, for a message: a key that stands in the wrong place is not repeated."""
    return KEY.sub("(key)", text)


class Secret:
    """A text that hides in `repr`, `str` and formatting, and refuses to be pickled or copied into JSON."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself; only for the line that makes the Authorization header."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")
