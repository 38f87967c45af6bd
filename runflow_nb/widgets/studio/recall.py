"""From a run back to what asked for it: the state of a form, and the cell that shows it for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from IPython import get_ipython

from ... import calls
from ...errors import RunflowError
from ...notebook.cell.cell_text import NoCell, cell_text
from ...notebook.references.picture_names import picture_name, picture_names
from ...notebook.references.pictures import Surroundings, given_pictures
from ...notebook.showing.shown import last_shown
from ...record.run import Run
from ...record.store import Store
from ..form.models import learn
from ..form.state import FormState, of_run


def state_of(run: Run) -> FormState:
    """The form as this run was asked for: the same request, so long as its pictures are here. Blocks."""
    learn(run.model)
    around, store = _around(), calls.current_store()

    def find(known: Mapping[str, Any]) -> Any:
        try:
            return given_pictures(picture_name(known, run, around, store), around)[0]
        except NoCell:
            return None

    return of_run(run, find)


def cell_of(run: Run) -> str:
    """The cell that shows this run for nothing, its seed pinned. Blocks.

    Raises RunflowError where there can be none.
    """
    around, store = _around(), calls.current_store()
    try:
        return cell_text(pinned(run, store), picture_names(run, around, store), calls.session().settings().defaults)
    except NoCell as reason:
        raise RunflowError(f"Run {run.short} {reason}.") from None


def pinned(run: Run, store: Store) -> Run:
    """The run as if its seed had been asked for; as it is where that would show another one."""
    if run.seed is None:
        return run
    slots = store.index.slots(run.origin, run.recipe, run.seed)
    take = next((number for number, held in slots.items() if held.id == run.id), None)
    return run if take is None else replace(run, seeds=replace(run.seeds, asked=run.seed), take=take)


def _around() -> Surroundings:
    shell = get_ipython()
    names = {} if shell is None else shell.user_ns
    last = None if shell is None else last_shown(shell)
    return Surroundings(names, last, calls.current_store, calls.notebook_of(calls.session().settings()))
