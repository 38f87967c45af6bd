"""`%runflow studio [RUN|NAME]`: the form, empty, filled in as a run was asked for, or the one of that name."""

from __future__ import annotations

from IPython import get_ipython

from ... import calls
from ...notebook.references.runs import NotFound, find_run
from ...notebook.runflow.arguments import Arguments
from ...notebook.showing.outputs import present
from ...notebook.showing.shown import last_shown
from ...record.run import Run
from ..studio.studio import Studio


def run(arguments: Arguments) -> None:
    """Show the form. A word that is no run names a studio."""
    word = next(iter(arguments.words), None)
    found = None if word is None else _run(word)
    present(Studio(word) if found is None else Studio.of(found))


def _run(word: str) -> Run | None:
    shell = get_ipython()
    try:
        return find_run(word, shell.user_ns, calls.current_store(), last_shown(shell))
    except NotFound:
        return None
