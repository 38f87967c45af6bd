"""A run without a picture: all that is known of it, as a table."""

from __future__ import annotations

from ...record.run import Run
from .bundles import Bundle
from .caption import details
from .tables import Table


def facts_bundle(run: Run) -> Bundle:
    """What was asked and what became of it, where there is no picture to show."""
    rows = [(label, text) for label, text in details(run) if label not in ("status", "run")]
    reason = f": {run.failure}" if run.failure else ""
    return Table(("run", run.id), (("status", f"{run.status}{reason}"), *rows), wrapped=frozenset({run.id})).bundle()
