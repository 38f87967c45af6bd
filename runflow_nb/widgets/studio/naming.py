"""The name of a studio that was given none: its order among those of this notebook run."""

from __future__ import annotations

import threading
from typing import Any

from ...callback import parent_header


class Numbering:
    """Counts the studios without a name. A cell that is run again gets the numbers it had."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given: dict[tuple[str, int], str] = {}
        """(id of the cell, place among its studios) -> name."""
        self._request, self._place = "", 0
        self._count = 0

    def name(self, cell: str | None, request: str) -> str:
        """The name of the next one. `cell`: the running cell's id, where the front end tells it; `request`: of this
        one running of it."""
        with self._lock:
            self._place = self._place + 1 if request == self._request else 0
            self._request = request
            known = None if cell is None else self._given.get((cell, self._place))
            if known is not None:
                return known
            self._count += 1
            name = str(self._count)
            if cell is not None:
                self._given[cell, self._place] = name
            return name


_numbering = Numbering()


def default_name(shell: Any) -> str:
    """The name of a studio that the running cell makes without giving one."""
    header = parent_header(shell)
    cell = header.get("metadata", {}).get("cellId")
    return _numbering.name(cell, str(header.get("header", {}).get("msg_id", "")))
