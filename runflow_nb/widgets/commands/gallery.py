"""`%runflow gallery`: runs as thumbnails, narrowed by the flags of `%runflow history`."""

from __future__ import annotations

from ... import calls
from ...notebook.runflow.arguments import HINT, Arguments
from ...notebook.runflow.narrowing import narrow
from ...notebook.showing.outputs import present, publish
from ...notebook.views.history_view import nothing_bundle
from ..gallery.gallery import Gallery


def run(arguments: Arguments) -> None:
    """This notebook's runs; with --all those of the store. Raises InvalidCommand with every problem."""
    whole = arguments.on("--all") or calls.notebook_of(calls.session().settings()) is None
    found = narrow(calls.history(all=whole), arguments, HINT)
    if not found.runs:
        publish(nothing_bundle(found.nothing("this store" if whole else "this notebook")))
        return
    present(Gallery(found.history))
