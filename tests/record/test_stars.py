"""Stars: given, changed and taken back by whichever process, and searchable at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from runflow_nb.engine.recorder import Recorder
from runflow_nb.record.fold import fold
from runflow_nb.record.forget import forget
from runflow_nb.record.history import History
from runflow_nb.record.store import Store

from .conftest import HandClock
from .made import buy, intent


def stars(store: Store, run: str) -> int | None:
    found = store.index.run(run)
    assert found is not None
    return found.stars


def test_the_last_word_counts_also_within_one_moment_and_before_a_clock_that_is_ahead(root: Path) -> None:
    clock = HandClock()
    ahead, behind = Store(root, clock=HandClock(clock.now + 3600)), Store(root, clock=clock)
    run = buy(ahead)
    assert stars(ahead, run) is None
    for given in (3, 5, None, 1):
        Recorder(behind).rated(run, given)
        assert stars(ahead, run) == given
    ahead.close()
    behind.close()


def test_runs_are_searched_for_by_so_many_stars_or_more(store: Store) -> None:
    runs = [buy(store) for _ in range(3)]
    for run, given in zip(runs, (2, 4, None), strict=True):
        Recorder(store).rated(run, given)
    history = History(store.index)
    assert [len(history.where(stars=least)) for least in range(1, 6)] == [2, 2, 1, 1, 0]
    assert history.where(stars=3).ids() == [runs[1]]
    # Running totals know no stars.
    assert history.where(stars=3).sums()[0] == 1


@pytest.mark.parametrize("odd", [0, 6, -1, True, 2.5, "3"])
def test_a_number_that_no_run_can_have_is_a_mistake(store: Store, odd: object) -> None:
    with pytest.raises(ValueError, match="stars"):
        History(store.index).where(stars=odd)  # type: ignore[arg-type]


@pytest.mark.parametrize("odd", [0, 6, True, 2.5, "3", [3], {"a": 1}])
def test_damaged_stars_count_as_none(root: Path, odd: object) -> None:
    run = fold([intent("X"), {"event": "rated", "run": "X", "stars": odd}], root)
    assert run is not None
    assert run.stars is None


def test_a_forgotten_run_keeps_its_stars(store: Store) -> None:
    run = buy(store)
    Recorder(store).rated(run, 4)
    forget(store, run)
    assert stars(store, run) == 4


def test_runs_are_searched_for_by_what_they_cost_both_ends_included(store: Store) -> None:
    for cost in ("0.04", "0.080", "0.16", None):
        buy(store, cost=cost)
    history = History(store.index)
    assert len(history.where(min_cost="0.08")) == 2
    assert len(history.where(max_cost="0.08")) == 2
    assert len(history.where(min_cost=0.05, max_cost="$0.10")) == 1
    with pytest.raises(ValueError, match="amount"):
        history.where(max_cost="cheap")


def test_the_tags_of_runs_come_with_the_most_frequent_first(store: Store) -> None:
    for tags in (["fox"], ["snow", "fox"], []):
        buy(store, tags=tags)
    assert History(store.index).tags() == ["fox", "snow"]
    assert History(store.index).where(tag="snow").tags() == ["fox", "snow"]
