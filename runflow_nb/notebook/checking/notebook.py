"""A saved notebook, checked by every rule. Only reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ...record.audit.finding import Finding
from ...secret import Secret
from . import records, wording
from .leaks import expiring_links, home_paths, keys
from .leftovers import left_behind
from .saved import SavedNotebook
from .shelf import Shelf
from .weight import sizes, widget_state


def findings(
    notebook: SavedNotebook, shelf: Shelf | None, key: Secret | None, now: datetime, folder: Path | None = None
) -> Iterator[Finding]:
    """What is not as it should be, the gravest first.

    `shelf`: where its runs are on record, where there is such a place; `folder`: where the notebook lies; `now`: what
    was bought later was made up. Raises StoreUnavailable and Stale.
    """
    yield from keys(notebook, key)
    known = records.Records(notebook, now)
    yield from known.damaged
    yield from records.judge(known.shown, shelf)
    yield from wording.judge(notebook, known.shown, folder)
    busy = shelf is not None and shelf.busy
    for cell in notebook.cells:
        yield from left_behind(cell, busy=busy)
        yield from expiring_links(cell)
        yield from home_paths(cell)
    yield from sizes(notebook)
    yield from widget_state(notebook)
