"""What a saved notebook shows is not bought: runs that the store lacks are read from the notebook's own file.

And a notebook is anybody's word: it moves no money, asks for nothing, and its files say nothing of this machine.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

import runflow_nb
from runflow_nb import calls, settings
from runflow_nb.errors import InvalidRequest, NotConnected, NotOnRecord, PicturesGone, RunflowError, StoreUnavailable
from runflow_nb.notebook.views.bundles import picture_bundle
from runflow_nb.notebook.views.caption import caption_bundle
from runflow_nb.record.disk import Disk
from runflow_nb.record.notebook_file import MIME
from runflow_nb.record.run import Run
from runflow_nb.record.saved import bringing
from runflow_nb.record.saved.bringing import bring
from runflow_nb.record.saved.reading import SavedRuns, read_runs
from runflow_nb.record.store import Store
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.record.made import accepted, finished, intent
from tests.record.saved_notebooks import damaged, output, save, small, text_of, told


@pytest.fixture
def book(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The notebook that calls."""
    path = here / "fox.ipynb"
    monkeypatch.setenv("RUNFLOW_NB_NOTEBOOK", str(path))
    return path


def shown(run: Run) -> tuple[Any, Any]:
    """All that a cell shows of it."""
    return picture_bundle(run), caption_bundle(run)


def saved(path: Path, *runs: Run) -> None:
    """The notebook as a front end saves it."""
    outputs = [{"output_type": "display_data", "data": picture_bundle(run)[0], "metadata": {}} for run in runs]
    path.write_text(text_of(*outputs), encoding="utf-8")


def fox(**given: Any) -> Run:
    run = runflow_nb.generate("a red fox", **given)
    assert isinstance(run, Run)
    return run


def test_what_the_notebook_shows_is_not_bought_again(
    sandbox: EmbeddedSandbox, open_session: OpenSession, book: Path, tmp_path: Path
) -> None:
    open_session(sandbox.url)
    Pillow.new("RGB", (32, 32), "red").save("photo.png")
    first = [fox(), fox(take=2), fox(seed=5, num_images=2), fox(images="photo.png")]
    saved(book, *first)
    before = [shown(run) for run in first]
    open_session(sandbox.url, store=tmp_path / "other" / ".runflow")
    bought = len(sandbox.book.runs)
    again = [fox(), fox(take=2), fox(seed=5, num_images=2), fox(images="photo.png")]
    assert [run.id for run in again] == [run.id for run in first]
    assert [shown(run) for run in again] == before, "not one byte differs"
    assert all(run.from_notebook for run in again)
    assert len(sandbox.book.runs) == bought


def test_a_reader_has_neither_connection_nor_the_picture_that_went_in(
    sandbox: EmbeddedSandbox, open_session: OpenSession, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_session(sandbox.url)
    Pillow.new("RGB", (32, 32), "red").save("photo.png")
    first = [fox(images="photo.png"), fox(take=1)]
    saved(book, *first)
    Path("photo.png").unlink()
    monkeypatch.delenv("RUNFLOW_BASE_URL")
    open_session(store=tmp_path / "mine" / ".runflow")
    # A front end tells where the notebook lies; the store is another folder's, so its name is the whole path.
    assert [run.id for run in (fox(images="photo.png"), fox())] == [run.id for run in first]
    with pytest.raises(NotConnected):
        fox(take=2)
    monkeypatch.setenv("RUNFLOW_NB_REUSE", "only")
    with pytest.raises(NotOnRecord, match=r"take 2 of this request \(“a red fox”, google/nano-banana-2\)") as missing:
        fox(take=2)
    assert "$0.08" in str(missing.value)


@pytest.fixture
def nameless(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a notebook whose runner does not say which one it is, as nbconvert's."""
    monkeypatch.setattr(settings, "working_folder", here)
    return here


def test_where_nobody_says_which_notebook_it_is_those_of_its_folder_show_what_they_hold(
    sandbox: EmbeddedSandbox, open_session: OpenSession, nameless: Path, tmp_path: Path
) -> None:
    open_session(sandbox.url)
    Pillow.new("RGB", (32, 32), "red").save("photo.png")
    first, other = [fox(), fox(images="photo.png")], runflow_nb.generate("an owl")
    saved(nameless / "fox.ipynb", *first)
    saved(nameless / "other.ipynb", other)
    (nameless / "broken.ipynb").write_text("<<<<<<<")
    (nameless / "folder.ipynb").mkdir()
    Path("photo.png").unlink()
    bought = len(sandbox.book.runs)
    open_session(sandbox.url, store=tmp_path / "another" / ".runflow")
    again = [fox(), fox(images="photo.png")]
    assert [run.id for run in again] == [run.id for run in first]
    assert len(sandbox.book.runs) == bought
    known = [run.id for run in calls.history()]
    assert other.id not in known, "a notebook that does not show what is asked for is not taken in"
    fox(seed=4)
    assert len(sandbox.book.runs) == bought + 1


def test_a_script_looks_into_no_notebook(sandbox: EmbeddedSandbox, open_session: OpenSession, here: Path) -> None:
    open_session(sandbox.url)
    saved(here / "fox.ipynb", fox())
    open_session(sandbox.url, store=here / "another" / ".runflow")
    fox()
    assert len(sandbox.book.runs) == 2


def test_what_is_not_on_record_is_said_with_where_it_was_looked_for(
    sandbox: EmbeddedSandbox, open_session: OpenSession, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_session(sandbox.url)
    monkeypatch.setenv("RUNFLOW_NB_REUSE", "only")

    def said() -> str:
        with pytest.raises(NotOnRecord) as missing:
            fox()
        return str(missing.value).splitlines()[1].strip()

    assert said() == "It is not in the store."
    monkeypatch.setattr(settings, "working_folder", here)
    assert said().startswith("It is neither in the store nor among the saved outputs of this folder's notebooks.")
    assert "RUNFLOW_NB_NOTEBOOK" in said()
    monkeypatch.setenv("RUNFLOW_NB_NOTEBOOK", str(here / "gone" / "fox.ipynb"))
    assert said() == "It is not in the store, and no notebook is saved as fox.ipynb that could show it."
    monkeypatch.setenv("RUNFLOW_NB_NOTEBOOK", str(here / "fox.ipynb"))
    saved(here / "fox.ipynb")
    assert said() == "It is neither in the store nor among the saved outputs of this notebook."


def test_a_hit_never_reads_the_notebook_and_a_miss_reads_it_once_for_each_save(
    sandbox: EmbeddedSandbox, open_session: OpenSession, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_session(sandbox.url)
    read: list[int] = []

    def watched(data: bytes, now: datetime) -> SavedRuns:
        read.append(len(data))
        return read_runs(data, now)

    monkeypatch.setattr(bringing, "read_runs", watched)
    run = fox()
    save(book, output(told(1)))
    fox()
    assert read == [], "nothing was missed"
    fox(take=2)
    fox(take=3)
    assert len(read) == 1, "it was not saved since"
    saved(book, run)
    os.utime(book, ns=(1, 1))
    assert [fox(take=4).take, len(read)] == [4, 2]


def test_many_who_miss_at_once_wait_for_one_reading(
    sandbox: EmbeddedSandbox, open_session: OpenSession, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_session(sandbox.url)
    first = fox()
    saved(book, first)
    monkeypatch.setenv("RUNFLOW_NB_REUSE", "only")
    open_session(sandbox.url, store=tmp_path / "other" / ".runflow")
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(fox().id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [first.id] * 8


def test_the_next_take_comes_behind_what_the_notebook_shows(open_session: OpenSession, book: Path) -> None:
    open_session("http://127.0.0.1:9")
    save(book, output(told(1, origin="sandbox"), small(1)), output(told(2, take=2, origin="sandbox"), small(2)))
    with pytest.raises(InvalidRequest, match="did you mean 3"):
        fox(take="new")


def test_a_preview_that_is_lost_comes_back_from_the_notebook(
    sandbox: EmbeddedSandbox, open_session: OpenSession, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_session(sandbox.url)
    run = fox()
    saved(book, run)
    before, store = shown(run), session.store(session.settings(), str(book))
    shutil.rmtree(store.root / "images")
    shutil.rmtree(store.root / "previews")
    monkeypatch.setenv("RUNFLOW_NB_REUSE", "only")
    assert shown(fox()) == before
    shutil.rmtree(store.root / "previews")
    save(book, output(picture_bundle(run)[0][MIME]["runs"][0], small(9)))  # not the picture that was lost
    with pytest.raises(PicturesGone, match='reuse is "only"'):
        fox()
    assert not (store.root / "previews").exists()


def test_what_needs_an_original_says_what_to_do(open_session: OpenSession, book: Path) -> None:
    settings.configured["reuse"] = "only"
    open_session()
    save(book, output(told(1), small()), output(told(2, "an owl")))
    with pytest.raises(FileNotFoundError, match="is not in the store"):
        _ = fox().images[0].pil
    with pytest.raises(PicturesGone, match="a saved notebook alone tells of it; reuse") as gone:
        runflow_nb.generate("an owl")
    assert "--take 2 ($0.08)" in str(gone.value)


def test_originals_are_fetched_by_run_id_only_where_the_run_was_made(
    sandbox: EmbeddedSandbox, open_session: OpenSession, book: Path, tmp_path: Path
) -> None:
    """For nothing, and held against the record's hash; another origin's API is not asked."""
    open_session(sandbox.url)
    record = picture_bundle(fox())[0][MIME]["runs"][0]
    save(book, output(record))  # its picture was cleared
    session, bought = open_session(sandbox.url, store=tmp_path / "b" / ".runflow"), len(sandbox.book.runs)
    again = fox()
    assert (again.id, again.from_notebook, len(sandbox.book.runs)) == (record["id"], True, bought)
    assert again.images[0].pil.size == (1024, 1024)
    asked = len(sandbox.book.received)
    settings.configured["reuse"] = "only"
    shutil.rmtree(session.store(session.settings(), str(book)).root / "images")
    save(book, output({**record, "origin": "elsewhere.example"}))
    open_session(sandbox.url, store=tmp_path / "c" / ".runflow")
    with pytest.raises(PicturesGone, match="a saved notebook alone tells of it"):
        fox()
    assert len(sandbox.book.received) == asked


def look_up_in_damaged(open_session: OpenSession, book: Path, folder: Path, seeds: range) -> None:
    settings.configured["reuse"] = "only"
    for seed in seeds:
        session = open_session(store=folder / str(seed) / ".runflow")
        book.write_bytes(damaged(seed))
        try:
            shown(fox())
        except RunflowError as error:
            assert str(error)
        session.close()


def test_a_damaged_notebook_is_no_traceback(open_session: OpenSession, book: Path, tmp_path: Path) -> None:
    look_up_in_damaged(open_session, book, tmp_path, range(20))


@pytest.mark.thorough
def test_a_thousand_damaged_notebooks_are_no_traceback(open_session: OpenSession, book: Path, tmp_path: Path) -> None:
    look_up_in_damaged(open_session, book, tmp_path, range(1000))


class ReadOnly(Disk):
    """A disk that nothing can be written to."""

    def stream(self, path: Path) -> Any:
        raise StoreUnavailable(str(path), "the disk is read-only")

    def append(self, path: Path, data: bytes) -> None:
        raise StoreUnavailable(str(path), "the disk is read-only")


def test_a_folder_that_cannot_be_written_shows_what_the_notebook_shows(open_session: OpenSession, book: Path) -> None:
    settings.configured["reuse"] = "only"
    session = open_session(disk=ReadOnly())
    save(book, output(told(1), small(1)), output(told(2, "an owl"), small(2)))
    run = fox()
    assert run.preview is not None
    assert run.preview.path.read_bytes() == small(1)
    assert runflow_nb.generate("an owl").id == told(2)["id"]
    with pytest.raises(NotOnRecord):
        runflow_nb.generate("a hare")
    assert not session.store(session.settings(), str(book)).root.exists()


# --- what a notebook says moves no money


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "project" / ".runflow")


def read(store: Store, *outputs: dict[str, Any]) -> None:
    bring(store, text_of(*outputs).encode(), "fox.ipynb")


def test_no_budget_counts_what_a_notebook_tells(store: Store) -> None:
    read(store, output(told(1, cost="4000")), output(told(2, "b", cost=None)), output(told(3, "c", cost="0")))
    nothing = (Decimal(0), Decimal(0))
    assert store.index.committed("live") == nothing
    assert store.index.committed("live", notebook="fox.ipynb") == nothing
    assert store.index.costs() == {"live": Decimal(4000)}, "what it did cost is told all the same"


def test_no_price_and_no_schedule_is_learnt_from_a_notebook(store: Store) -> None:
    """A low one would let through what nothing bounds, a high one would refuse everything."""
    read(store, output(told(1, cost="0.0001", duration=1e9)))
    assert store.index.observed_price(told(1)["model"]) is None
    assert store.index.durations(told(1)["model"]) == []


def test_nobody_is_asked_what_a_run_of_a_notebook_cost(store: Store) -> None:
    read(store, output(told(1, cost=None)))
    assert store.index.unpriced("live") == []
    assert store.index.open_runs() == []
    assert store.open_markers() == []


def test_a_run_that_is_on_record_is_left_as_it_is(store: Store) -> None:
    forged = told(1, cost="0", status="failed", images=[])
    run = forged["id"]
    store.journal.append(intent(run))
    read(store, output(forged))
    assert store.index.run(run).status == "queued"  # type: ignore[union-attr]
    assert store.index.committed("live") == (Decimal(0), Decimal("0.08")), "still held"


def test_the_journal_of_who_bought_it_counts_where_it_comes_later(store: Store) -> None:
    record = told(1, cost="0")
    read(store, output(record, small()))
    before = store.index.run(record["id"])
    assert before is not None
    assert (before.from_notebook, before.key, before.reserved, before.session) == (True, "", None, "")
    for event in (intent(record["id"], prompt="a red fox"), accepted(record["id"]), finished(record["id"])):
        store.journal.append(event)
    after = Store(store.root).index.run(record["id"])
    assert after is not None
    assert (after.from_notebook, after.cost, after.key) == (False, Decimal("0.08"), record["id"])
    assert store.index.committed("live") == (Decimal("0.08"), Decimal(0))


def test_what_was_forgotten_stays_uncounted_and_gone(store: Store) -> None:
    record = told(1)
    read(store, output(record, small()))
    store.journal.append({"event": "forgotten", "run": record["id"], "inputs": []})
    read(store, output(record, small()))
    run = store.index.run(record["id"])
    assert run is not None
    assert (run.prompt, run.from_notebook, run.images) == ("", True, ())
    assert store.index.committed("live") == (Decimal(0), Decimal(0))


def test_a_notebook_with_a_run_at_the_end_of_time_leaves_ids_alone(store: Store) -> None:
    read(store, output(told(1, id="7ZZZZZZZZZZZZZZZZZZZZZZZZZ")), output(told(2, "b", id="0" * 26)))
    assert store.index.last_id() == "0" * 26
    assert store.new_id() < "7"


# --- what is written


def test_each_line_says_where_it_comes_from_and_reading_twice_changes_nothing(store: Store) -> None:
    outputs = [output(told(1), small(1)), output(told(2, "an owl"), small(2))]
    read(store, *outputs)
    files = {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()}
    lines = [json.loads(line) for path in files if path.suffix == ".jsonl" for line in files[path].splitlines()]
    assert len(lines) == 4
    assert {line["from"] for line in lines} == {"notebook"}
    assert not any({"key", "reserved", "session", "org_id"} & line.keys() for line in lines)
    read(store, *outputs)
    assert {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()} == files


def test_two_clones_write_the_same_files(tmp_path: Path) -> None:
    outputs = [output(told(2, "an owl"), small(2)), output(told(1), small(1)), output(told(1, take=7))]
    stores = [Store(tmp_path / name / ".runflow") for name in ("a", "b")]
    for store in stores:
        store.journal.append(intent("01KDTWV5800000000000000777", prompt="a red fox", recipe=told(1)["recipe"]))
        store.journal.append(accepted("01KDTWV5800000000000000777"))
        store.journal.append(finished("01KDTWV5800000000000000777"))
        read(store, *outputs)
    first, second = ({path.name: path.read_bytes() for path in store.root.glob("*/notebook-*")} for store in stores)
    assert first == second
    assert len(first) == 1


def test_takes_come_behind_those_that_are_here(store: Store) -> None:
    mine = store.new_id()
    for event in (intent(mine, recipe=told(1)["recipe"]), accepted(mine), finished(mine)):
        store.journal.append(event)
    read(store, output(told(1), small(1)), output(told(2, take=2), small(2)))
    held = store.index.slots("live", told(1)["recipe"], None)
    assert {take: run.id for take, run in held.items()} == {1: mine, 2: told(1)["id"], 3: told(2)["id"]}
    again = Store(store.root).index.slots("live", told(1)["recipe"], None)
    assert {take: run.id for take, run in again.items()} == {take: run.id for take, run in held.items()}


def test_a_forged_recipe_answers_for_no_other_request(store: Store) -> None:
    read(store, output(told(1, "a cat", recipe=told(2)["recipe"]), small()))
    assert store.index.slots(None, told(2)["recipe"], None) == {}


# --- a model that the API declared


def test_a_declared_models_cell_replays_from_the_notebooks_record_alone(
    sandbox: EmbeddedSandbox, open_session: OpenSession, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runflow_nb.models import catalog

    open_session(sandbox.url)
    given: dict[str, Any] = {"model": "sandbox/sketch", "yes": True, "seed": 3}
    first = runflow_nb.generate("a red fox", **given)
    saved(book, first)
    before = shown(first)
    catalog._declared.clear()
    monkeypatch.delenv("RUNFLOW_BASE_URL")
    monkeypatch.setenv("RUNFLOW_NB_REUSE", "only")
    open_session(store=tmp_path / "other" / ".runflow")
    again = runflow_nb.generate("a red fox", **given)
    assert again.id == first.id
    assert shown(again) == before
    assert calls.current_store().declarations.models() == []
