"""What was appended is on the disk, in order, and stays readable whatever happens to a line."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from runflow_nb.errors import StoreUnavailable
from runflow_nb.record.disk import Disk
from runflow_nb.record.store import Store

from .conftest import HandClock
from .made import BEGIN, accepted, buy, finished, intent


def lines(store: Store) -> list[dict[str, object]]:
    return [json.loads(line) for line in store.journal.path.read_text("utf-8").splitlines()]


def test_a_file_begins_with_its_session_and_every_line_has_version_and_moment(root: Path, clock: HandClock) -> None:
    store = Store(root, clock=clock)
    store.journal.append({"event": "proven", "origin": "live", "org_id": "o"})
    first, second = lines(store)
    stamp = {"v": 1, "at": "2026-01-01T00:00:00.000Z", "up": BEGIN}
    assert first == stamp | {"event": "session", "session": store.session}
    assert second == stamp | {"event": "proven", "origin": "live", "org_id": "o"}


def test_many_threads_write_whole_lines(store: Store) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: store.journal.append({"event": "x", "number": number}), range(400)))
    assert sorted(line["number"] for line in lines(store)[1:]) == list(range(400))  # type: ignore[type-var]


def test_a_notebook_is_written_relative_to_the_folder_of_the_store(store: Store, root: Path) -> None:
    buy(store, notebook=str(root.parent / "sub" / "fox.ipynb"))
    assert lines(store)[1]["notebook"] == "sub/fox.ipynb"


def test_odd_texts_and_numbers_survive(store: Store) -> None:
    odd = {"half": "\ud83d", "fox": "🦊 \u2028 ü", "money": Decimal("0.08"), "number": float("nan")}
    store.journal.append({"event": "x", **odd})
    line = lines(store)[1]
    assert (line["half"], line["fox"], line["money"]) == ("\ud83d", "🦊 \u2028 ü", "0.08")


def test_a_torn_last_line_is_ignored_until_it_is_whole(store: Store) -> None:
    run = buy(store)
    whole = json.dumps({"v": 1, "at": "2030-01-01T00:00:00.000Z", **intent("01ZZZZZZZZZZZZZZZZZZZZZZZZ")}).encode()
    with store.journal.path.open("ab") as file:
        file.write(whole[:100])
    assert [found.id for found in store.index.query()] == [run]
    assert store.index.damaged_lines == 0
    with store.journal.path.open("ab") as file:
        file.write(whole[100:] + b"\n")
    assert [found.id for found in store.index.query()] == ["01ZZZZZZZZZZZZZZZZZZZZZZZZ", run]


@pytest.mark.parametrize("damage", [b'{"event": "intent", "run"', b"\x00\x00\x00", b"[]", b"\xff\xfe", b'{"run": "x"}'])
def test_a_damaged_line_in_the_middle_costs_only_itself(store: Store, damage: bytes) -> None:
    first = buy(store)
    with store.journal.path.open("ab") as file:
        file.write(damage + b"\n")
    second = buy(store)
    assert [run.id for run in store.index.query()] == [second, first]
    assert store.index.damaged_lines == 1


class FailingDisk(Disk):
    """Fails in the middle of one append, and cannot take back what it wrote."""

    def __init__(self, failure: BaseException) -> None:
        self.full = False
        self.failure = failure

    def append(self, path: Path, data: bytes) -> None:
        if self.full:
            super().append(path, data[: len(data) // 2])
            raise self.failure
        super().append(path, data)


@pytest.mark.parametrize("failure", [StoreUnavailable("here", "the disk is full"), KeyboardInterrupt()], ids=repr)
def test_an_append_that_failed_half_way_does_not_harm_the_next(root: Path, failure: BaseException) -> None:
    disk = FailingDisk(failure)
    store = Store(root, disk=disk)
    first = buy(store)
    disk.full = True
    with pytest.raises(type(failure)):
        store.journal.append(intent(store.new_id()))
    disk.full = False
    second = buy(store)
    assert [run.id for run in Store(root).index.query()] == [second, first]
    store.close()


def test_the_events_of_a_run_may_lie_in_several_files_in_any_order_of_names(root: Path) -> None:
    buyer, collector = Store(root), Store(root)
    run = buyer.new_id()
    collector.journal.append(accepted(run))
    assert collector.index.run(run) is None
    buyer.journal.append(intent(run))
    assert collector.index.run(run).phase == "accepted"  # type: ignore[union-attr]
    collector.journal.append(finished(run))
    assert buyer.index.run(run).delivered  # type: ignore[union-attr]
    assert Store(root).index.run(run) == buyer.index.run(run)
    buyer.close()
    collector.close()
