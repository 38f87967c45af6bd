"""Presses of buttons: what was seen on them, and that two within a moment are one double click."""

from __future__ import annotations

import threading
from dataclasses import dataclass

MOMENT = 1.0
"""Seconds between two presses that are meant."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press of a button."""

    seen: str
    """The words that were read on it."""
    number: int
    """That of the offer that they stood for: how often the button had bought by then."""
    at: float
    """Seconds by the page's own clock, since a kernel that was busy hears of two clicks late."""


class Presses:
    """Of all buttons of a studio: one may come to stand where another was between two clicks of a hand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: float | None = None

    def is_meant(self, at: float) -> bool:
        """Whether a press at this time is one of its own, and not the second click of the one before it."""
        with self._lock:
            before, self._last = self._last, at
            return before is None or abs(at - before) >= MOMENT
