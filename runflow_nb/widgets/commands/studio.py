"""`%runflow studio [RUN|NAME]`: the form, empty, filled in as a run was asked for, or the one of that name.

With `--model` it begins with that model, whatever model it is.
"""

from __future__ import annotations

from IPython import get_ipython

from ... import calls
from ...notebook.references.runs import NotFound, find_run
from ...notebook.runflow.arguments import Arguments, usage_error
from ...notebook.showing.outputs import present
from ...notebook.showing.shown import last_shown
from ...record.run import Run
from ..studio.studio import Studio


def run(arguments: Arguments) -> None:
    """Show the form. A word that is no run names a studio. Raises InvalidCommand, InvalidRequest."""
    word, model = next(iter(arguments.words), None), arguments.value("--model")
    found = None if word is None else _run(word)
    if found is not None and model is not None:
        raise usage_error("--model", model, f"goes with no run: {found.short} was made with {found.model}")
    present(Studio(word, model=model) if found is None else Studio.of(found))


def _run(word: str) -> Run | None:
    shell = get_ipython()
    try:
        return find_run(word, shell.user_ns, calls.current_store(), last_shown(shell))
    except NotFound:
        return None
