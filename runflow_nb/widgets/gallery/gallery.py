"""`Gallery(history())`: look through runs by their pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets

from ... import calls
from ...notebook.showing.outputs import Output
from ...notebook.views.bundles import Bundle
from ...notebook.views.history_view import history_bundle
from ...record.history import History
from ..live import NOTHING, WIDGET, close_whole, publish_live
from .actions import ACTIONS, Action
from .grid import Grid

NEWEST = 12
"""Runs of the table that stands in where there is no kernel, each with a picture of 2 KB."""


class Gallery(ipywidgets.VBox):  # type: ignore[misc]
    """Thumbnails of the runs of a history, newest first, to move through by keys, search, rate, tag, compare and save.

    Shown by being a cell's closing value, or by `display`.
    """

    def __init__(self, history: History | None = None, *, actions: Mapping[str, Action] = ACTIONS) -> None:
        """`history` None: this notebook's. `actions`: what can be done with chosen runs, by name."""
        self.history = calls.history() if history is None else history
        self._grid = Grid(self.history, calls.current_store(), actions, self._put_below, self.done)
        self._below = ipywidgets.VBox()
        self._place: Output | None = None
        super().__init__([self._grid, self._below])

    def done(self) -> None:
        """Leave only the table of the newest runs in the notebook. Any thread."""
        if self._place is not None:
            self._place.update({"text/plain": "", "text/html": NOTHING}, raw=True)

    def _put_below(self, widget: Any) -> None:
        former, self._below.children = self._below.children, (widget,)
        for each in former:
            close_whole(each)

    def __repr__(self) -> str:
        return f"<Gallery of {self._grid.total:,} runs>"

    def _repr_mimebundle_(self, **_: Any) -> Bundle:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {WIDGET: view, **history_bundle(self.history, NEWEST)}

    def _ipython_display_(self, **_: Any) -> None:
        self._place = publish_live(self, repr(self), history_bundle(self.history, NEWEST))
