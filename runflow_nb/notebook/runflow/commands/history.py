"""`%runflow history`: the newest runs as a table, narrowed by flags."""

from __future__ import annotations

from IPython import get_ipython

from .... import calls
from ....record.listing import WIDTH
from ...interactive import text_width
from ...showing.outputs import publish
from ...views.history_view import nothing_bundle, runs_bundle, summary
from ..arguments import HINT, Arguments, saved_notebook
from ..narrowing import Narrowed, narrow

ELSEWHERE = " %runflow history --all looks through the whole store."


def run(arguments: Arguments) -> None:
    """The newest runs of this notebook, with --all those of the store; of a notebook that is named those that its file
    tells of. Raises InvalidCommand with every problem, NotANotebook."""
    saved = saved_notebook(arguments)
    whole = arguments.on("--all") or calls.notebook_of(calls.session().settings()) is None
    view = narrow(calls.history(saved, all=whole), arguments, HINT)
    if not view.runs:
        publish(nothing_bundle(_nothing(view, saved, whole=whole)))
        return
    remark = summary(view.history, view.runs, view.limit)
    publish(runs_bundle(view.runs, remark, text_width(get_ipython(), WIDTH)))


def _nothing(view: Narrowed, saved: str | None, *, whole: bool) -> str:
    if saved is not None:
        return "\n".join([view.nothing(saved), *view.history.remarks])
    return view.nothing("this store") if whole else view.nothing("this notebook", ELSEWHERE)
