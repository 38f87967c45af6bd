"""`%runflow cost`"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from ... import calls
from ..arguments import Arguments
from ..outputs import publish
from ..tables import cost_table


def run(_: Arguments) -> None:
    """Confirmed cost by origin, of this notebook and of the store, and what open runs may still cost."""
    settings = calls.session().settings()
    notebook = calls.notebook_of(settings)
    store = calls.session().store(settings, notebook)
    store.index.refresh()
    held: dict[str, Decimal] = defaultdict(Decimal)
    for open_run in store.index.open_runs():
        held[open_run.origin] += open_run.reserved or Decimal(0)
    here = store.index.costs(notebook=store.relative(notebook)) if notebook else None
    publish(cost_table(store.index.costs(), held, here).bundle())
