"""The index is a cache: whatever happens to its file, the answers are those of the journal."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.record import schema
from runflow_nb.record.fold import fold
from runflow_nb.record.store import Store

from .conftest import HandClock
from .made import MODEL, accepted, buy, finished, intent, sha, write_journals

RECIPE = "sha256:1:" + sha("a red fox in the snow")


def test_what_this_process_appended_is_there_at_once(store: Store) -> None:
    run = store.new_id()
    assert store.index.run(run) is None
    for event, phase in ((intent(run), "intent"), (accepted(run), "accepted"), (finished(run), "ended")):
        store.journal.append(event)
        found = store.index.run(run)
        assert found is not None
        assert found.phase == phase


def test_what_another_process_appended_is_seen(root: Path) -> None:
    store, other = Store(root), Store(root)
    assert store.index.query() == []
    ids = [buy(other) for _ in range(3)]
    assert [run.id for run in store.index.query()] == ids[::-1]
    other.close()


def test_slots_hold_what_is_delivered_open_or_unknown(store: Store) -> None:
    delivered = buy(store)
    waiting, doubtful, failed = (store.new_id() for _ in range(3))
    for take, run in enumerate((waiting, doubtful, failed), 2):
        store.journal.append(intent(run, take=take))
    store.journal.append({"event": "unknown", "run": doubtful, "reason": "time-out"})
    store.journal.append(accepted(failed))
    store.journal.append(finished(failed, status="failed", outputs=[]))
    slots = store.index.slots("live", RECIPE, None)
    assert {take: run.id for take, run in slots.items()} == {1: delivered, 2: waiting, 3: doubtful}
    assert [run.id for run in store.index.open_runs()] == [waiting]
    assert store.index.open_runs("sandbox") == []


def test_pinning_the_seed_of_a_picture_finds_it_whoever_chose_the_seed(store: Store) -> None:
    buy(store, seed_sent=3)
    drawn = buy(store, seed_sent=7, take=2)
    assert {take: run.id for take, run in store.index.slots("live", RECIPE, 7).items()} == {1: drawn}
    assert store.index.slots("live", RECIPE, 7)[1].take == 2
    assert store.index.slots("live", RECIPE, 8) == {}


def test_an_origin_finds_only_its_own_and_readers_find_live_first(store: Store) -> None:
    sandbox, proxy = buy(store, origin="sandbox"), buy(store, origin="proxy.example:8000")
    second = buy(store, origin="sandbox", take=2)
    assert {take: run.id for take, run in store.index.slots("sandbox", RECIPE, None).items()} == {1: sandbox, 2: second}
    assert store.index.slots("live", RECIPE, None) == {}
    found = store.index.slots(None, RECIPE, None)
    assert {take: run.id for take, run in found.items()} == {1: proxy, 2: second}
    live = buy(store)
    assert store.index.slots(None, RECIPE, None)[1].id == live
    waiting = store.new_id()
    store.journal.append(intent(waiting, take=2))
    assert store.index.slots(None, RECIPE, None)[2].id == second, "a picture that is here goes before one on its way"


def test_merged_stores_number_takes_the_same_on_both_sides(tmp_path: Path) -> None:
    here, there = (Store(tmp_path / name / ".runflow") for name in ("here", "there"))
    mine, theirs = buy(here), buy(there)
    later = buy(here, take=2)
    for source, target in ((here, there), (there, here)):
        source.index.save()
        name = source.journal.path.name
        shutil.copy(source.journal.path, target.root / "journal" / name)
    expected = {1: mine, 2: later, 3: theirs}
    for store in (here, there, Store(here.root)):
        slots = store.index.slots("live", RECIPE, None)
        assert {take: run.id for take, run in slots.items()} == expected
        assert {run.take: run.id for run in store.index.query()} == expected
    here.close()
    there.close()


def test_any_order_of_files_and_reading_gives_the_same_index(tmp_path: Path) -> None:
    """The same events, cut differently into files, and read at once or bit by bit."""
    chance = random.Random(7)
    events = []
    for number in range(60):
        run = f"01ZZ{number:022}"
        facts = {"take": chance.randint(1, 3), "seed_asked": chance.choice([None, 5])}
        life = [
            intent(run, prompt=chance.choice("ab"), **facts),
            accepted(run),
            finished(run, status=chance.choice(["succeeded", "failed"])),
        ]
        events += [
            {"v": 1, "at": f"2026-01-01T00:{number:02}:{second:02}.000Z", **event} for second, event in enumerate(life)
        ]
    answers: list[tuple[Any, ...]] = []
    for _ in range(3):
        store = Store(tmp_path / str(len(answers)) / ".runflow")
        (store.root / "journal").mkdir(parents=True)
        chance.shuffle(events)
        for number, event in enumerate(events):
            with (store.root / "journal" / f"{chance.randint(0, 4)}.jsonl").open("a") as file:
                file.write(json.dumps(event) + "\n")
            if number % 37 == 0:
                store.index.refresh()
        slots = [store.index.slots("live", "sha256:1:" + sha(prompt), asked) for prompt in "ab" for asked in (None, 5)]
        takes = [{take: run.id for take, run in group.items()} for group in slots]
        numbers = [(run.id, run.take, run.status) for run in store.index.query()]
        answers.append((takes, numbers, store.index.costs(), store.index.committed("live")))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][2] == {"live": Decimal("0.08") * 60}


@pytest.mark.parametrize("damage", ["junk", "cut", "torn", "folder", "other"])
def test_a_damaged_index_is_set_aside_and_built_anew(root: Path, damage: str) -> None:
    store = Store(root)
    ids = [buy(store) for _ in range(5)]
    store.close()
    path = root / "index.sqlite"
    whole = path.read_bytes()
    path.unlink()
    match damage:
        case "junk":
            path.write_bytes(b"SQLite format 3\0" + b"junk" * 1000)
        case "cut":
            path.write_bytes(whole[: len(whole) // 2])
        case "torn":
            path.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
        case "folder":
            path.mkdir()
        case "other":
            with sqlite3.connect(path) as other:
                other.execute("CREATE TABLE notes (text TEXT)")
            other.close()
    healed = Store(root)
    assert [run.id for run in healed.index.query()] == ids[::-1]
    assert (root / "index.sqlite.damaged").exists()
    healed.close()
    assert [run.id for run in Store(root).index.query()] == ids[::-1]


def test_what_is_damaged_within_a_loaded_index_is_healed_when_it_is_met(root: Path) -> None:
    store = Store(root)
    run = buy(store)
    store.close()
    with sqlite3.connect(root / "index.sqlite") as index:
        index.execute("UPDATE runs SET lines = '1:3:50'")
    index.close()
    found = Store(root).index.run(run)
    assert found is not None
    assert found.delivered


def test_an_index_of_another_version_is_built_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(root)
    run = buy(store)
    store.close()
    with sqlite3.connect(root / "index.sqlite") as index:
        index.execute("PRAGMA user_version = 99")
        index.execute("DELETE FROM runs")
    index.close()
    assert [found.id for found in Store(root).index.query()] == [run]


def test_an_index_that_somebody_holds_locked_is_no_hindrance(root: Path) -> None:
    store = Store(root)
    run = buy(store)
    store.close()
    held = sqlite3.connect(root / "index.sqlite", isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    other = Store(root)
    assert [found.id for found in other.index.query()] == [run]
    newer = buy(other)
    assert [found.id for found in other.index.query()] == [newer, run]
    other.close()
    held.close()


def test_the_index_may_be_deleted_while_it_is_in_use(root: Path) -> None:
    store = Store(root)
    first = buy(store)
    store.index.refresh()
    store.index.save()
    (root / "index.sqlite").unlink()
    second = buy(store)
    assert [run.id for run in store.index.query()] == [second, first]
    store.close()


def test_a_kept_index_spares_reading_the_journal_again(root: Path) -> None:
    """The lines of a kept index are not parsed again: a damaged one among them is not counted anew."""
    store = Store(root)
    run = buy(store)
    store.close()
    other = Store(root)
    whole = other.index.run(run)
    other.journal.append({"event": "x"})
    assert other.index.run(run) == whole
    with sqlite3.connect(root / "index.sqlite") as index:
        assert index.execute("SELECT events FROM files").fetchall() == [(4,)]
    index.close()
    other.close()


@pytest.mark.parametrize("change", ["shorter", "other", "gone"])
def test_a_journal_file_that_is_not_the_one_that_was_read_is_read_anew(root: Path, change: str) -> None:
    store = Store(root)
    first = buy(store)
    text = store.journal.path.read_text()
    store.close()
    other = Store(root)
    assert other.index.count() == 1
    path = root / "journal" / store.journal.path.name
    match change:
        case "shorter":
            path.write_text("\n".join(text.splitlines()[:2]) + "\n")
            assert other.index.committed("live") == (Decimal(0), Decimal("0.08"))
        case "other":
            path.write_text(text.replace(first, "01" + "Z" * 24).replace("fox", "vixen" * 20))
            assert other.index.ids() == ["01" + "Z" * 24]
        case "gone":
            path.unlink()
            assert other.index.count() == 0


def test_many_threads_ask_and_append_at_once(store: Store) -> None:
    def work(number: int) -> int:
        run = buy(store, prompt=str(number % 4), take=1 + number // 4)
        found = store.index.run(run)
        assert found is not None
        assert found.delivered
        return len(store.index.slots("live", found.recipe, None))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(64)))
    assert store.index.count() == 64
    assert store.index.costs() == {"live": Decimal("5.12")}


def test_money_is_kept_apart_by_origin_session_notebook_and_day(root: Path, clock: HandClock) -> None:
    store, other = Store(root, clock=clock), Store(root, clock=clock)
    buy(store, cost="0.07")
    buy(store, cost="0.1234567890123", origin="sandbox")
    buy(other, cost="0.05", notebook="cat.ipynb")
    clock.now += 86400
    buy(store, cost=None, reserved="0.2")
    waiting = store.new_id()
    store.journal.append(intent(waiting, session=store.session, reserved="0.3"))
    index = store.index
    assert index.costs() == {"live": Decimal("0.12"), "sandbox": Decimal("0.1234567890123")}
    assert index.costs("cat.ipynb") == index.costs(root.parent / "cat.ipynb") == {"live": Decimal("0.05")}
    assert index.committed("live") == (Decimal("0.32"), Decimal("0.3"))
    assert index.committed("live", session=store.session) == (Decimal("0.27"), Decimal("0.3"))
    assert index.committed("live", notebook=str(root.parent / "cat.ipynb")) == (Decimal("0.05"), Decimal(0))
    assert index.committed("live", since=datetime(2026, 1, 2, tzinfo=UTC)) == (Decimal("0.2"), Decimal("0.3"))
    store.journal.append({"event": "void", "run": waiting, "reason": "refused"})
    assert index.committed("live", session=store.session) == (Decimal("0.27"), Decimal(0))
    assert index.committed("sandbox", session=other.session) == (Decimal(0), Decimal(0))


def test_durations_are_those_of_delivered_runs_of_the_same_model_and_resolution(store: Store) -> None:
    for number in range(3):
        buy(store, duration=float(number), input={"resolution": "1K"})
    buy(store, duration=3.0)
    buy(store, duration=40.0, input={"resolution": "4K"})
    buy(store, duration=0.1, status="failed")
    buy(store, duration=0.2, origin="sandbox")
    index = store.index
    assert index.durations(MODEL, "1K", origin="live") == [3.0, 2.0, 1.0, 0.0]
    assert index.durations(MODEL, limit=2) == [0.2, 3.0]
    assert index.durations(MODEL, "4K") == [40.0]
    assert index.durations("google/other", "1K") == []


def test_what_a_run_of_another_model_cost_is_not_told_apart(store: Store) -> None:
    """What its fields mean for the price nobody knows: a budget that held a part would hold too little."""
    buy(store, model="other/model", cost="0.4", input={"num_images": 4})
    assert store.index.observed_price("other/model", None) == Decimal("0.4")


def test_the_observed_price_is_the_highest_confirmed_one_of_a_picture(store: Store) -> None:
    buy(store, cost="0.08")
    buy(store, cost="0.18", input={"num_images": 2})
    buy(store, cost="0.095", input={"enable_web_search": True})
    buy(store, cost="0.5", input={"resolution": "4K"})
    buy(store, cost="9", status="failed")
    index = store.index
    assert index.observed_price(MODEL, "1K") == Decimal("0.095")
    assert index.observed_price(MODEL, "1K", {"prompt": "x"}) == Decimal("0.09")
    assert index.observed_price(MODEL, "1K", {"enable_web_search": True}) == Decimal("0.095")
    assert index.observed_price(MODEL, "4K", {}, origin="live") == Decimal("0.5")
    assert index.observed_price(MODEL, "4K", {}, origin="sandbox") is None
    assert index.observed_price(MODEL, "2K") is None


def test_the_newest_reading_of_an_inputs_name_counts(store: Store, root: Path, clock: HandClock) -> None:
    for digest in ("sha256:a", "sha256:b"):
        store.journal.append(
            {"event": "input", "notebook": str(root.parent / "n.ipynb"), "name": "x.png", "digest": digest}
        )
    assert store.index.input_digest("n.ipynb", "x.png") == "sha256:b"
    assert store.index.input_digest(None, "x.png") is None
    older = {
        "event": "input",
        "at": "2020-01-01T00:00:00.000Z",
        "notebook": "n.ipynb",
        "name": "x.png",
        "digest": "sha256:c",
    }
    store.journal.append(older)
    assert store.index.input_digest("n.ipynb", "x.png") == "sha256:b"


def test_a_search_is_proven_for_its_origin_and_organisation(store: Store) -> None:
    assert not store.index.proven("live", "o1")
    store.journal.append({"event": "proven", "origin": "live", "org_id": "o1"})
    assert store.index.proven("live", "o1")
    assert not store.index.proven("live", None)
    assert not store.index.proven("other", "o1")


def test_hostile_values_do_not_stop_the_index(store: Store) -> None:
    huge = buy(store, seed_asked=10**30, prompt="\ud83d half", tags=["\ud83d"], take=10**30, notebook="\x00")
    plain = buy(store)
    assert [run.id for run in store.index.query()] == [plain, huge]
    found = store.index.run(huge)
    assert found is not None
    assert store.index.slots("live", found.recipe, 10**30)[1].id == huge


def test_runs_are_those_of_a_fold_over_all_their_lines(root: Path) -> None:
    ids = write_journals(root, runs=200, sessions=4, recipes=40)
    events: dict[str, list[dict[str, object]]] = {}
    for path in (root / "journal").iterdir():
        for line in path.read_text().splitlines():
            event = json.loads(line)
            events.setdefault(event.get("run", ""), []).append(event)
    assert Store(root).index.runs(ids) == [fold(events[run], root) for run in ids]


def test_the_columns_fit_the_table() -> None:
    database = sqlite3.connect(":memory:")
    database.executescript(schema.TABLES)
    names = [row[1] for row in database.execute("PRAGMA table_info(runs)")]
    database.close()
    assert tuple(names) == schema.Row._fields


def test_names_that_are_no_text_are_told_apart(store: Store) -> None:
    """Names of files may hold bytes that are no UTF-8; a line with such an id is of no run of ours."""
    for name, digest in (("caf\udce9.png", "sha256:one"), ("caf\udcea.png", "sha256:two")):
        store.journal.append({"event": "input", "notebook": "fox.ipynb", "name": name, "digest": digest})
    store.journal.append({"event": "tagged", "run": "\ud800", "add": ["a"]})
    assert store.index.input_digest("fox.ipynb", "caf\udce9.png") == "sha256:one"
    assert store.index.input_digest("fox.ipynb", "caf\udcea.png") == "sha256:two"
