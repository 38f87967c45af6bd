"""Whose runs a notebook's history shows: also after it was renamed or copied, and whatever has become of its file."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.record import middle_of_json, notebook_file
from runflow_nb.record.history import History
from runflow_nb.record.notebook_file import MIME, records, saved_runs
from runflow_nb.record.store import Store

from .made import buy


def saved(*runs: str, words: str = "a fox", indent: int | None = 1) -> str:
    """A notebook as a front end saves it, with one output for each run."""
    cells = [
        {
            "cell_type": "code",
            "source": [f'"{MIME}": {{"runs": [{{"id": "TYPED"}}]}}'],
            "outputs": [
                {
                    "output_type": "display_data",
                    "data": {
                        MIME: {"schema": 1, "runs": [{"id": run, "input": {"prompt": words}}]},
                        "text/plain": [""],
                    },
                }
            ],
        }
        for run in runs
    ]
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}, indent=indent, ensure_ascii=False)


@pytest.fixture
def folder(store: Store) -> Path:
    store.root.parent.mkdir(parents=True)
    return store.root.parent


def ids(store: Store, notebook: str) -> list[str]:
    return [run.id for run in History(store.index, notebook=notebook)]


def test_two_notebooks_in_one_folder_stay_apart(store: Store, folder: Path) -> None:
    fox, cat = buy(store, notebook="fox.ipynb"), buy(store, notebook="cat.ipynb")
    (folder / "fox.ipynb").write_text(saved(fox))
    (folder / "cat.ipynb").write_text(saved(cat))
    assert (ids(store, "fox.ipynb"), ids(store, "cat.ipynb")) == ([fox], [cat])


def test_a_renamed_notebook_keeps_its_history(store: Store, folder: Path) -> None:
    shown, other = buy(store, notebook="old.ipynb"), buy(store, notebook="old.ipynb", cost="0.15")
    (folder / "old.ipynb").write_text(saved(shown))
    (folder / "old.ipynb").rename(folder / "new.ipynb")
    later = buy(store, notebook="new.ipynb")
    assert ids(store, "new.ipynb") == [later, other, shown], "also what it shows no longer"
    assert store.index.costs(folder / "new.ipynb") == {"live": Decimal("0.31")}
    assert len(History(store.index, notebook="new.ipynb").where(text="fox")) == 3


def test_a_copied_notebook_has_what_its_outputs_show_and_the_first_is_left_alone(store: Store, folder: Path) -> None:
    shown, other = buy(store, notebook="first.ipynb"), buy(store, notebook="first.ipynb")
    for name in ("first.ipynb", "copy.ipynb"):
        (folder / name).write_text(saved(shown))
    later = buy(store, notebook="copy.ipynb", cost="0.15")
    assert ids(store, "copy.ipynb") == [later, shown]
    assert ids(store, "first.ipynb") == [other, shown]
    assert store.index.costs("copy.ipynb") == {"live": Decimal("0.23")}
    assert History(store.index, notebook="copy.ipynb")[1].id == shown


def test_a_history_in_hand_sees_what_was_saved_since(store: Store, folder: Path) -> None:
    run, history = buy(store, notebook=None), History(store.index, notebook="fox.ipynb")
    assert list(history) == []
    (folder / "fox.ipynb").write_text(saved(run))
    assert [found.id for found in history] == [run]
    (folder / "fox.ipynb").write_text(saved())
    assert list(history) == []


def test_a_budget_never_reads_the_notebook(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked on the way of a run."""
    monkeypatch.setattr("runflow_nb.record.index.saved_runs", lambda _: pytest.fail("the notebook was read"))
    buy(store, notebook="fox.ipynb")
    assert store.index.committed("live", notebook="fox.ipynb")[0] == Decimal("0.08")


WHOLE = saved("01A", "01B", words="a “fox” \\ 🦊" * 4000)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (WHOLE.encode(), {"01A", "01B"}),
        (saved("01A", indent=None).encode(), {"01A"}),
        (WHOLE[:-60].encode(), {"01A", "01B"}),
        (WHOLE[: len(WHOLE) // 2].encode(), {"01A"}),
        (f"<<<<<<< HEAD\n{saved('01A')}=======\n{saved('01B')}>>>>>>> theirs\n".encode(), {"01A", "01B"}),
        (WHOLE.encode("latin-1", "replace"), {"01A", "01B"}),
        (WHOLE.encode("utf-16"), set()),
        (b"", set()),
        (b"\x00\xff" * 999, set()),
        (f'{{"{MIME}": {"[" * 100_000}'.encode(), set()),
        (f'{{"{MIME}": {{"runs": {"[" * 100_000}'.encode(), set()),
        (
            f'{{"{MIME}": {{"runs": 7}}, "{MIME}": {{"runs": [7, {{"id": 7}}, null, {{"id": "01C"}}]}}}}'.encode(),
            {"01C"},
        ),
    ],
)
def test_whatever_can_be_read_of_a_notebook_is(tmp_path: Path, content: bytes, expected: set[str]) -> None:
    path = tmp_path / "book.ipynb"
    path.write_bytes(content)
    assert saved_runs(path) == expected


def test_what_is_no_file_holds_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in (".", "missing.ipynb", "pipe", "no\0name", "x" * 5000):
        assert saved_runs(tmp_path / name) == frozenset()


def test_a_notebook_is_read_once_for_each_time_that_it_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, read = tmp_path / "book.ipynb", []
    path.write_text(saved("01A"))
    whole = notebook_file.records

    def counted(data: bytes) -> Any:
        read.append(len(data))
        return whole(data)

    monkeypatch.setattr(notebook_file, "records", counted)
    assert [saved_runs(path) for _ in range(3)] == [{"01A"}] * 3
    assert len(read) == 1
    before = path.stat()
    path.write_text(saved("01B"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert saved_runs(path) == {"01B"}


def test_a_notebook_that_was_made_to_be_read_for_ever_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each record begins within the one before, and none ends."""
    monkeypatch.setattr(middle_of_json, "LEAST_WORK", 0)
    read: list[int] = []
    decode = json.JSONDecoder.raw_decode

    def counted(self: json.JSONDecoder, text: str, idx: int = 0) -> Any:
        read.append(len(text))
        return decode(self, text, idx)

    monkeypatch.setattr(json.JSONDecoder, "raw_decode", counted)
    data = b"".join([b'{"cells":[', *[f'"{MIME}":{{"a":1,'.encode()] * 2000])
    assert list(records(data)) == []
    assert sum(read) <= middle_of_json.WORK * len(data)
