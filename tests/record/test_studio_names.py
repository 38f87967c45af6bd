"""The name of the form that a run was made in."""

from __future__ import annotations

from pathlib import Path

from runflow_nb.record.filters import Filter
from runflow_nb.record.history import History
from runflow_nb.record.store import Store
from tests.record.made import buy


def test_the_runs_of_a_form_are_found_by_its_name_alone(tmp_path: Path) -> None:
    """Its own, newest first; neither those of another form nor those of a cell. Its name is on the run."""
    store = Store(tmp_path / ".runflow")
    first, other, cell, second = (buy(store, studio=name) for name in ("foxes", "owls", None, "foxes"))
    found = History(store.index).where(studio="foxes")
    assert [run.id for run in found] == [second, first]
    assert {run.studio for run in found} == {"foxes"}
    assert not {other, cell} & {run.id for run in found}
    assert found.cost() == History(store.index, filters=[Filter(studio="foxes", text="")]).cost()
    store.close()
