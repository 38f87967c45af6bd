"""`%runflow cost`"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from ... import calls
from ..outputs import publish
from ..runflow import flags, usage_error
from ..tables import cost_table


def run(rest: str) -> None:
    """Confirmed cost by origin, of this notebook and of the store, and what open runs may still cost."""
    words, _ = flags(rest, ())
    if words:
        raise usage_error("", words[0], "is left over: cost takes nothing")
    settings = calls.session().settings()
    notebook = calls.notebook_of(settings)
    store = calls.session().store(settings, notebook)
    store.index.refresh()
    held: dict[str, Decimal] = defaultdict(Decimal)
    for open_run in store.index.open_runs():
        held[open_run.origin] += open_run.reserved or Decimal(0)
    here = store.index.costs(notebook=store.relative(notebook)) if notebook else None
    publish(cost_table(store.index.costs(), held, here).bundle())
