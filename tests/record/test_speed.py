"""The store stays fast with 100,000 runs, and an append costs next to nothing but its fsync."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runflow_nb.record.history import History
from runflow_nb.record.store import Store

from .made import MODEL, buy, write_journals

RUNS = 100_000
pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


def milliseconds(work: Callable[[], object], times: int = 21) -> float:
    """The median time of one call, warm."""
    work()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[str]]]:
    root = tmp_path_factory.mktemp("large") / ".runflow"
    ids = write_journals(root, RUNS, sessions=200, recipes=20_000)
    store = Store(root)
    begun = time.process_time()
    assert store.index.count() == RUNS
    rebuilt = time.process_time() - begun
    print(f"rebuild of {RUNS:,} runs: {rebuilt:.1f} s (must be < 10)")
    assert rebuilt < 10
    yield store, ids
    store.close()


def test_questions_about_100_000_runs_take_less_than_5_ms(large: tuple[Store, list[str]]) -> None:
    store, ids = large
    index = store.index
    recipe = index.runs([ids[-1]])[0].recipe
    questions: dict[str, Callable[[], object]] = {
        "latest 50": lambda: History(index)[:50],
        "latest 50 of a notebook": lambda: History(index, notebook="book7.ipynb")[:50],
        "slots of a recipe": lambda: index.slots("live", recipe, None),
        "slots of a recipe, any origin": lambda: index.slots(None, recipe, None),
        "sum of cost": index.costs,
        "committed": lambda: index.committed("live"),
        "durations": lambda: index.durations(MODEL, "1K"),
        "highest price": lambda: index.observed_price(MODEL, "1K"),
        "refresh": index.refresh,
    }
    taken = {name: milliseconds(work) for name, work in questions.items()}
    for name, figure in taken.items():
        print(f"{name}: {figure:.2f} ms (must be < 5)")
    assert max(taken.values()) < 5


def test_the_next_process_begins_in_less_than_a_second(large: tuple[Store, list[str]]) -> None:
    store, ids = large
    begun = time.perf_counter()
    assert Store(store.root).index.run(ids[0]) is not None
    taken = time.perf_counter() - begun
    print(f"first answer of a new process: {taken * 1000:.0f} ms")
    assert taken < 1


def test_an_append_costs_little_more_than_its_fsync(root: Path) -> None:
    store = Store(root)
    buy(store)
    event = {"event": "x", "text": "x" * 800}
    floor = root / "floor"

    def bare() -> None:
        with floor.open("ab") as file:
            file.write(b"x" * 900)
            file.flush()
            os.fsync(file.fileno())

    ours, least = milliseconds(lambda: store.journal.append(event), 201), milliseconds(bare, 201)
    print(f"append: {ours:.2f} ms, write and fsync alone: {least:.2f} ms")
    assert ours < least + 1
    store.close()
