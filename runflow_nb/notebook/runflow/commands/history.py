"""`%runflow history`: the newest runs as a table, narrowed by flags."""

from __future__ import annotations

from IPython import get_ipython

from .... import calls
from ....record.listing import WIDTH
from ...interactive import text_width
from ...showing.outputs import publish
from ...views.history_view import nothing_bundle, runs_bundle, summary
from ..arguments import HINT, Arguments
from ..narrowing import narrow

ELSEWHERE = " %runflow history --all looks through the whole store."


def run(arguments: Arguments) -> None:
    """The newest runs of this notebook; with --all those of the store. Raises InvalidCommand with every problem."""
    settings = calls.session().settings()
    whole = arguments.on("--all") or calls.notebook_of(settings) is None
    view = narrow(calls.history(all=whole), arguments, HINT)
    if not view.runs:
        publish(nothing_bundle(view.nothing("this store") if whole else view.nothing("this notebook", ELSEWHERE)))
        return
    remark = summary(view.history, view.runs, view.limit)
    publish(runs_bundle(view.runs, remark, text_width(get_ipython(), WIDTH)))
