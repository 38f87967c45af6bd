"""What was shown: in this kernel last, and by the cell that runs."""

from __future__ import annotations

from typing import Any

from ...callback import parent_header
from ...engine.job import Job
from ...record.run import Run

LAST = "@last"
"""What people call the run last shown."""
_held_back: dict[int, tuple[object, set[object]]] = {}
"""Shell -> (the request that runs, what it has shown: ids of runs, and identities of jobs)."""
_last: dict[int, Run] = {}
"""Shell -> the run last shown."""


def remember(shell: Any, run: Run) -> None:
    """This run is the one that was shown last."""
    _last[id(shell)] = run


def last_shown(shell: Any) -> Run | None:
    """The run that was shown last in this kernel, whichever cell showed it."""
    return _last.get(id(shell))


def hold_back(shell: Any, shown: Run | Job) -> None:
    """Remember that the running cell need not show this once more as its closing value."""
    shown_here(shell).add(shown.id if isinstance(shown, Run) else id(shown))


def shown_here(shell: Any) -> set[object]:
    """What the running cell has shown: ids of runs, and identities of jobs."""
    request = (shell.execution_count, parent_header(shell).get("header", {}).get("msg_id"))
    known, ids = _held_back.get(id(shell), (None, set()))
    if known != request:
        ids = set()
        _held_back[id(shell)] = (request, ids)
    return ids
