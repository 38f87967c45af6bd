"""Tags: put on runs and taken off again, by whichever process, and searchable at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from runflow_nb.engine.recorder import Recorder
from runflow_nb.record.fold import fold
from runflow_nb.record.history import History
from runflow_nb.record.store import Store

from .conftest import HandClock
from .made import buy, intent


def tags(store: Store, run: str) -> tuple[str, ...]:
    found = store.index.run(run)
    assert found is not None
    return found.tags


def test_tags_stand_in_the_order_in_which_they_were_first_given(store: Store) -> None:
    run = buy(store, tags=["fox", "snow"])
    recorder = Recorder(store)
    recorder.tagged(run, add=["best", "fox"])
    assert tags(store, run) == ("fox", "snow", "best")
    recorder.tagged(run, remove=["fox", "never given"])
    assert tags(store, run) == ("snow", "best")
    recorder.tagged(run, add=["fox"])
    assert tags(store, run) == ("fox", "snow", "best")


def test_a_tag_is_searched_for_as_soon_as_it_is_given_whoever_gave_it(root: Path) -> None:
    store, other = Store(root), Store(root)
    run, history = buy(store), History(store.index)
    buy(store)
    for given, expected in ((True, 1), (False, 0)):
        Recorder(other).tagged(run, add=["best of"] * given, remove=["best of"] * (not given))
        assert len(history.where(tag="best of")) == expected
        assert len(history.where(tag="best")) == 0
    store.close()
    other.close()


def test_the_last_word_counts_within_one_moment_and_before_a_clock_that_is_ahead(root: Path) -> None:
    clock = HandClock()
    ahead, behind = Store(root, clock=HandClock(clock.now + 3600)), Store(root, clock=clock)
    run = buy(ahead, tags=["b"])
    for _ in range(3):
        Recorder(behind).tagged(run, remove=["b"])
        assert tags(ahead, run) == ()
        Recorder(behind).tagged(run, add=["b"])
        assert tags(ahead, run) == ("b",)
    ahead.close()
    behind.close()


@pytest.mark.parametrize("odd", [None, 7, "fox", {"a": 1}, [None, 7, ["x"]]])
def test_a_damaged_tag_counts_as_absent(root: Path, odd: object) -> None:
    run = fold([intent("X", tags=["fox"]), {"event": "tagged", "run": "X", "add": odd, "remove": odd}], root)
    assert run is not None
    assert run.tags == ("fox",)
