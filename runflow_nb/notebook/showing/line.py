"""A line that tells how far several runs are, in one output of the cell."""

from __future__ import annotations

from typing import Any

from ..interactive import capturing, in_terminal
from ..views.bundles import Bundle
from ..views.live import line_bundle
from .outputs import Output, publish, say, updatable

LEFT_BEHIND = "If this line stands still, run the cell again."


class MovingLine:
    """Moves where the front end can change it; else it is said once."""

    def __init__(self, shell: Any) -> None:
        self._moves = capturing(shell) is None and not in_terminal(shell)
        self._place: Output | None = None
        self._said = ""

    def say(self, text: str) -> None:
        """Say this in the line; the first call opens it."""
        if text == self._said:
            return
        if self._place is not None:
            self._place.update(line_bundle(text, LEFT_BEHIND), raw=True)
        elif self._moves:
            self._place = updatable()
            self._place.display(line_bundle(text, LEFT_BEHIND), raw=True)
        elif not self._said:
            say(text)
        self._said = text

    def end(self, text: str) -> None:
        """Leave this in its place, if it was opened."""
        if self._place is not None:
            self._place.update(line_bundle(text, ""), raw=True)

    def become(self, bundle: Bundle) -> None:
        """Show this in its place, so that a cell that only shows leaves the same."""
        if self._place is not None:
            self._place.update(bundle, raw=True)
        else:
            publish(bundle)
