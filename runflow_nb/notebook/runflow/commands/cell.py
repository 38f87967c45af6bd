"""`%runflow cell RUN`: the cell that shows this run, as the next cell."""

from __future__ import annotations

from IPython import get_ipython

from .... import calls
from ....record.run import Run
from ....settings import Settings
from ...cell.cell_text import NoCell, cell_text
from ...interactive import has_page
from ...references.picture_names import picture_names
from ...references.pictures import Surroundings
from ...showing.outputs import say
from ...showing.shown import last_shown
from ..arguments import Arguments, usage_error
from ..operands import one_run


def run(arguments: Arguments) -> None:
    """Write the cell; where no page shows a next cell, print it too. Raises InvalidCommand where there can be none."""
    shell = get_ipython()
    found = one_run("cell", arguments)
    settings, store = calls.session().settings(), calls.current_store()
    around = Surroundings(shell.user_ns, last_shown(shell), lambda: store, calls.notebook_of(settings))
    try:
        text = cell_text(found, picture_names(found, around, store), settings.defaults)
    except NoCell as reason:
        raise usage_error("", found.short, str(reason)) from None
    shell.set_next_input(text)
    told = filter(None, ["" if has_page(shell) else text, warning(found, settings)])
    if words := "\n\n".join(told):
        say(words)


def warning(run: Run, settings: Settings) -> str:
    """What has to be known before the cell is run: that it would not show this run."""
    if not run.holds_slot:
        return f"Run {run.short} ended {run.status} and left its take free: this cell shows what took it, or buys it."
    if not settings.connected or settings.reuse == "only":
        return ""
    here = calls.session().engine(settings, calls.notebook_of(settings)).connection.origin
    if here == run.origin:
        return ""
    return f"Run {run.short} was made at {run.origin}; now connected to {here}, this cell looks there, and may buy it."
