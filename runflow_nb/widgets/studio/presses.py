"""Presses of buttons: two within a moment are one double click."""

from __future__ import annotations

import threading

MOMENT = 1.0
"""Seconds between two presses that are meant."""


class Presses:
    """Of all buttons of a studio: one may come to stand where another was between two clicks of a hand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: float | None = None

    def is_meant(self, at: float) -> bool:
        """Whether this press is one of its own, and not the second click of the one before it.

        `at`: seconds by the page's own clock, since a kernel that was busy hears of both clicks late.
        """
        with self._lock:
            before, self._last = self._last, at
            return before is None or abs(at - before) >= MOMENT
