"""A history narrows, counts, sums and prints the runs of a store, newest first."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.errors import MissingExtra
from runflow_nb.record.history import History
from runflow_nb.record.store import Store

from .conftest import HandClock
from .made import buy


@pytest.fixture
def kept(root: Path, clock: HandClock) -> tuple[Store, dict[str, str]]:
    store = Store(root, clock=clock)
    names: dict[str, str] = {}
    runs: dict[str, dict[str, Any]] = {
        "fox": {"tags": ["cover", "b"], "seed_asked": 7},
        "Ümlaut": {"model": "google/nano-banana-pro", "origin": "sandbox", "cost": "0.15"},
        "cat": {"notebook": "cat.ipynb", "prompt_template": "a {{ Tiger }}", "tags": ["cov"]},
        "dog": {"status": "failed", "cost": None, "outputs": []},
    }
    for name, facts in runs.items():
        names[name] = buy(store, **{"prompt": f"a {name} in the snow", **facts})
        clock.now += 86400
    return store, names


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, ["dog", "cat", "Ümlaut", "fox"]),
        ({"text": "FOX in"}, ["fox"]),
        ({"text": "üMLAUT"}, ["Ümlaut"]),
        ({"text": "tiger"}, ["cat"]),
        ({"text": "%"}, []),
        ({"model": "google/nano-banana-2"}, ["dog", "cat", "fox"]),
        ({"model": "pro"}, ["Ümlaut"]),
        ({"seed": 7}, ["fox"]),
        ({"tag": "cov"}, ["cat"]),
        ({"tag": "cover"}, ["fox"]),
        ({"status": "failed"}, ["dog"]),
        ({"origin": "sandbox"}, ["Ümlaut"]),
        ({"notebook": "cat.ipynb"}, ["cat"]),
        ({"since": "2026-01-03"}, ["dog", "cat"]),
        ({"until": date(2026, 1, 2)}, ["Ümlaut", "fox"]),
        ({"until": datetime(2026, 1, 2, tzinfo=UTC)}, ["Ümlaut", "fox"]),
        ({"until": "2026-01-01T23:59"}, ["fox"]),
        ({"since": datetime(2026, 1, 2), "until": "2026-01-03"}, ["cat", "Ümlaut"]),
    ],
)
def test_each_condition_narrows(
    kept: tuple[Store, dict[str, str]], conditions: dict[str, Any], expected: list[str]
) -> None:
    store, names = kept
    found = History(store.index).where(**conditions)
    assert [run.id for run in found] == [names[name] for name in expected]
    assert len(found) == len(expected)


def test_conditions_add_up(kept: tuple[Store, dict[str, str]]) -> None:
    store, names = kept
    found = History(store.index).where(text="snow").where(model="google/nano-banana-2").where(text="cat")
    assert [run.id for run in found] == [names["cat"]]


def test_a_notebook_may_be_named_by_its_path(kept: tuple[Store, dict[str, str]], root: Path) -> None:
    store, names = kept
    assert [run.id for run in History(store.index, notebook=root.parent / "cat.ipynb")] == [names["cat"]]
    assert len(History(store.index, notebook="fox.ipynb")) == 3


def test_numbers_and_slices_count_from_the_newest(kept: tuple[Store, dict[str, str]]) -> None:
    store, names = kept
    ids = [names[name] for name in ("dog", "cat", "Ümlaut", "fox")]
    found = History(store.index)
    assert [found[0].id, found[3].id, found[-1].id, found[-4].id] == [ids[0], ids[3], ids[3], ids[0]]
    for part in (slice(2), slice(1, 3), slice(-2, None), slice(None, None, 2), slice(None, None, -1), slice(3, 1)):
        assert [run.id for run in found[part]] == ids[part]
    for place in (4, -5):
        with pytest.raises(IndexError, match="4 runs"):
            found[place]


def test_costs_are_confirmed_ones_and_kept_apart_by_origin(kept: tuple[Store, dict[str, str]]) -> None:
    store, _ = kept
    assert History(store.index).cost() == {"live": Decimal("0.16"), "sandbox": Decimal("0.15")}
    assert History(store.index).where(text="fox").cost() == {"live": Decimal("0.08")}


def test_a_history_is_always_up_to_date(kept: tuple[Store, dict[str, str]]) -> None:
    store, _ = kept
    found = History(store.index).where(text="owl")
    assert len(found) == 0
    run = buy(store, prompt="an owl")
    assert found[0].id == run


def test_a_text_that_is_no_date_is_an_error_where_it_is_written(kept: tuple[Store, dict[str, str]]) -> None:
    with pytest.raises(ValueError, match="'yesterday' is no date: write 2026-01-31"):
        History(kept[0].index).where(since="yesterday")


def test_the_table_is_aligned(kept: tuple[Store, dict[str, str]]) -> None:
    store, names = kept
    first, second = names["Ümlaut"][-6:], names["fox"][-6:]
    assert repr(History(store.index).where(until="2026-01-02")).splitlines() == [
        "run     when (UTC)        prompt                model                   size             seed  take   cost"
        "  status     tags      origin",
        f"{first}  2026-01-02 00:00  a Ümlaut in the snow  google/nano-banana-pro  1024 × 1024 PNG    11     1  $0.15"
        "  succeeded            sandbox",
        f"{second}  2026-01-01 00:00  a fox in the snow     google/nano-banana-2    1024 × 1024 PNG     7     1  $0.08"
        "  succeeded  cover, b  live",
    ]


def test_a_long_history_says_how_many_are_older(store: Store) -> None:
    for number in range(23):
        buy(store, prompt=f"{number} " + "long " * 40)
    text = repr(History(store.index)).splitlines()
    assert len(text) == 22
    assert text[-1] == "and 3 older"
    assert max(map(len, text)) <= 132


def test_a_status_that_no_run_can_have_is_an_error(kept: tuple[Store, dict[str, str]]) -> None:
    with pytest.raises(ValueError, match="'suceeded' is no status of a run; did you mean succeeded"):
        History(kept[0].index).where(status="suceeded")
    with pytest.raises(ValueError, match="'x' is no status of a run: queued, succeeded"):
        History(kept[0].index).where(status="x")


def test_a_history_of_nothing_says_so(store: Store) -> None:
    assert repr(History(store.index).where(text="none")) == "No runs on record."


def test_a_frame_has_a_row_a_run_and_exact_money(kept: tuple[Store, dict[str, str]]) -> None:
    store, names = kept
    frame = History(store.index).to_frame()
    assert list(frame["id"]) == [names[name] for name in ("dog", "cat", "Ümlaut", "fox")]
    assert frame["cost"][3] == Decimal("0.08")
    assert (frame["short"][3], frame["size"][3]) == (names["fox"][-6:], "1024 × 1024 PNG")
    assert (frame["seed_asked"][3], frame["tags"][3], frame["prompt"][3]) == (7, ["cover", "b"], "a fox in the snow")
    assert len(History(store.index).where(text="none").to_frame().columns) == len(frame.columns)


def test_without_pandas_the_error_says_what_to_install(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match=r"pip install 'runflow_nb\[pandas\]'"):
        History(store.index).to_frame()
