"""A run found by what people type: its id, the end of it, or Runflow's."""

from __future__ import annotations

from pathlib import Path

from runflow_nb.record.store import Store

from .made import accepted, buy, intent


def found(store: Store, text: str, limit: int = 5) -> list[str]:
    return [run.id for run in store.index.find(text, limit)]


def test_a_run_is_found_by_its_id_its_end_and_the_id_of_runflow(store: Store) -> None:
    run, other = buy(store), buy(store)
    assert run[:6] == other[:6], "the ids of one day begin alike"
    first = store.index.run(run)
    assert first is not None
    for text in (run, run.lower(), first.short, first.short.lower(), f" {first.short}\n", run[-4:], f"remote-{run}"):
        assert run in found(store, text), text
    assert found(store, run) == [run]
    assert first.short == run[-6:]


def test_what_may_mean_several_runs_finds_them_newest_first(root: Path) -> None:
    store = Store(root)
    ids = [f"01KG000000000000000000{number}FOX" for number in range(4)]
    for run in ids:
        store.journal.append(intent(run))
    assert found(store, "FOX") == [], "three characters are not enough"
    assert found(store, "2fox") == [ids[2]]
    newer = "01KH0000000000000000003FOX"
    store.journal.append(intent(newer))
    assert found(store, "3fox") == [newer, ids[3]]
    assert found(store, "3fox", limit=1) == [newer]
    for text in ("", "%%%%%", "____", "*FOX", "nobody"):
        assert found(store, text) == [], text
    store.close()


def test_the_id_of_runflow_is_found_as_soon_as_it_is_known(store: Store) -> None:
    run = store.new_id()
    store.journal.append(intent(run))
    assert found(store, f"remote-{run}") == []
    store.journal.append(accepted(run))
    assert found(store, f"REMOTE-{run}") == [run]
