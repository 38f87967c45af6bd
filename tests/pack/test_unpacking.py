"""A pack goes beside what is here: once, whole, and without touching anything that was here before."""

from __future__ import annotations

import json
import pickle
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from runflow_nb.cli import main
from runflow_nb.errors import FilesInTheWay, KeyFound, NotPacked, RunflowError, StoreUnavailable, UnsafePack
from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.request import recipe
from runflow_nb.pack.report import arrived
from runflow_nb.pack.unpacking import Unpacked, unpack
from runflow_nb.record.audit.store import check_store
from runflow_nb.record.disk import Disk, Writer
from runflow_nb.record.forget import forget
from runflow_nb.record.history import History
from runflow_nb.record.saved.bringing import bring
from runflow_nb.record.store import Store
from tests.record.made import MODEL

from .made import bought, code_cell, entries, fox_notebook, manifest_of, packed, picture, saved, tree

RECIPE = recipe(CATALOG[MODEL], {"prompt": "a red fox in the snow"}, [])


def unpacked(pack: Path, there: Path, store: Store | None = None) -> Unpacked:
    """Unpack in a process of its own."""
    opened = store or Store(there / ".runflow")
    try:
        return unpack(pack, there, opened, None)
    finally:
        if store is None:
            opened.close()


def findings(folder: Path) -> list[str]:
    """What a check finds amiss."""
    return [str(each) for each in check_store(folder / ".runflow", None).findings]


def test_everything_is_there_as_it_was(tmp_path: Path, there: Path) -> None:
    notebook, store, runs = fox_notebook(tmp_path / "here")
    done = unpacked(packed(notebook, store, tmp_path / "fox.zip"), there)
    assert (there / "fox.ipynb").read_bytes() == notebook.read_bytes()
    arrived_store = Store(there / ".runflow")
    history = History(arrived_store.index, notebook=there / "fox.ipynb")
    assert [run.id for run in history] == runs[::-1]
    for here, copy in zip(store.index.runs(runs), arrived_store.index.runs(runs), strict=True):
        assert (copy.prompt, copy.seeds, copy.take, copy.cost, copy.created_at) == (
            here.prompt,
            here.seeds,
            here.take,
            here.cost,
            here.created_at,
        )
        assert copy.images[0].bytes == here.images[0].bytes
        assert copy.preview is not None
        assert here.preview is not None
        assert copy.preview.path.read_bytes() == here.preview.path.read_bytes()
    assert findings(there) == []
    assert (done.new, len(done.runs), done.pictures, done.previews) == (True, 2, 3, 2)
    assert not {"README.md", "index.html", "manifest.json"} & {path.name for path in there.iterdir()}


def test_twice_changes_nothing(fox_pack: Path, there: Path) -> None:
    unpacked(fox_pack, there)
    before = tree(there)
    done = unpacked(fox_pack, there)
    assert not done.changed
    assert tree(there) == before
    assert "Nothing to do" in arrived(done)


def test_runs_that_were_here_keep_their_takes_and_those_that_come_follow_in_their_order(
    tmp_path: Path, there: Path
) -> None:
    """Those that come are older, which would give them the first numbers in a merge."""
    sender = Store(tmp_path / "here" / ".runflow")
    coming = [bought(sender, number, take=number) for number in (1, 2)]
    failed = bought(sender, 3, prompt="alone")
    notebook = saved(tmp_path / "here" / "fox.ipynb", code_cell("%%nanobanana\na red fox in the snow", sender, coming))
    store = Store(there / ".runflow")
    own = [bought(store, number, notebook="mine.ipynb", take=take) for number, take in ((11, 1), (13, 3))]
    before = [(run.id, run.take, run.images[0].sha256) for run in store.index.runs(own)]
    done = unpacked(packed(notebook, sender, tmp_path / "fox.zip"), there, store)
    for opened in (store, Store(there / ".runflow")):
        slots = opened.index.slots("live", RECIPE, None)
        assert {take: run.id for take, run in slots.items()} == {1: own[0], 2: coming[0], 3: own[1], 4: coming[1]}
        assert [(run.id, run.take, run.images[0].sha256) for run in opened.index.runs(own)] == before
        assert [run.take for run in opened.index.runs([*coming, failed])] == [2, 4, 1]
    assert [(each.run.id, each.before, each.take) for each in done.placed] == [(coming[0], 1, 2), (coming[1], 2, 4)]
    assert f"run {coming[0][-6:]} is take 2 here (was 1)" in arrived(done)
    settled = tree(there)
    assert not unpacked(tmp_path / "fox.zip", there).changed
    assert {name: it for name, it in tree(there).items() if "index" not in name} == {
        name: it for name, it in settled.items() if "index" not in name
    }


def test_a_seed_that_was_asked_for_here_keeps_showing_its_picture(tmp_path: Path, there: Path) -> None:
    """What comes drew by itself, and earlier, the seed that was asked for here."""
    sender = Store(tmp_path / "here" / ".runflow")
    drawn = bought(sender, 1, seed_sent=7)
    notebook = saved(tmp_path / "here" / "fox.ipynb", code_cell("%%nanobanana\na red fox in the snow", sender, [drawn]))
    store = Store(there / ".runflow")
    asked = bought(store, 2, notebook="mine.ipynb", seed_asked=7)
    unpacked(packed(notebook, sender, tmp_path / "fox.zip"), there, store)
    assert store.index.slots("live", RECIPE, 7)[1].id == asked
    assert store.index.slots("live", RECIPE, None)[1].id == drawn


def test_what_came_from_elsewhere_goes_on_under_its_number(tmp_path: Path, there: Path) -> None:
    """Packed again there, and unpacked where nothing of it is."""
    sender = Store(tmp_path / "here" / ".runflow")
    coming = bought(sender, 1)
    notebook = saved(
        tmp_path / "here" / "fox.ipynb", code_cell("%%nanobanana\na red fox in the snow", sender, [coming])
    )
    store = Store(there / ".runflow")
    bought(store, 11, notebook="mine.ipynb")
    unpacked(packed(notebook, sender, tmp_path / "fox.zip"), there, store)
    again = packed(there / "fox.ipynb", store, tmp_path / "again.zip")
    (tmp_path / "third").mkdir()
    unpacked(again, tmp_path / "third")
    (run,) = Store(tmp_path / "third" / ".runflow").index.runs([coming])
    assert run.take == 2


def test_one_that_differs_stops_all(fox_pack: Path, there: Path) -> None:
    (there / "fox.ipynb").write_text("mine")
    with pytest.raises(FilesInTheWay, match=r"fox\.ipynb"):
        unpacked(fox_pack, there)
    assert (there / "fox.ipynb").read_text() == "mine"
    assert list(there.iterdir()) == [there / "fox.ipynb"]


def test_a_clone_without_originals_gets_them(tmp_path: Path, there: Path) -> None:
    """As git leaves it: journal and previews are there, the originals are not."""
    notebook, store, runs = fox_notebook(tmp_path / "here")
    pack = packed(notebook, store, tmp_path / "fox.zip")
    unpacked(pack, there)
    for run in Store(there / ".runflow").index.runs(runs):
        run.images[0].path.unlink()
    done = unpacked(pack, there)
    assert (len(done.runs), done.pictures) == (0, 2)
    assert findings(there) == []


def test_originals_that_did_not_come_are_told_of(tmp_path: Path, there: Path) -> None:
    notebook, store, runs = fox_notebook(tmp_path / "here")
    store.index.runs(runs)[0].images[0].path.unlink()
    whole = unpacked(packed(notebook, store, tmp_path / "fox.zip"), there)
    assert "1 original could not be packed" in arrived(whole)
    (tmp_path / "other").mkdir()
    small = unpacked(packed(notebook, store, tmp_path / "fox.zip", previews_only=True), tmp_path / "other")
    assert "previews only: the originals stayed" in arrived(small)


def test_what_a_saved_notebook_told_gives_way_to_what_a_pack_brings(tmp_path: Path, there: Path) -> None:
    """The notebook came first, alone, and its runs stand behind one of mine."""
    notebook, sender, runs = fox_notebook(tmp_path / "here")
    store = Store(there / ".runflow")
    mine = bought(store, 11, notebook="mine.ipynb")
    shutil.copy(notebook, there)
    bring(store, notebook.read_bytes(), "fox.ipynb")
    assert [(run.take, run.from_notebook) for run in store.index.runs([mine, *runs])] == [
        (1, False),
        (2, True),
        (1, True),
    ]
    done = unpacked(packed(notebook, sender, tmp_path / "fox.zip"), there, store)
    assert [(run.take, run.from_notebook) for run in store.index.runs([mine, *runs])] == [
        (1, False),
        (2, False),
        (1, False),
    ]
    assert (done.new, len(done.runs)) == (False, 2)
    assert not unpacked(tmp_path / "fox.zip", there).changed


def test_what_was_paid_elsewhere_counts_in_no_budget_and_bounds_no_price_here(tmp_path: Path, there: Path) -> None:
    notebook, sender, runs = fox_notebook(tmp_path / "here")
    store = Store(there / ".runflow")
    unpacked(packed(notebook, sender, tmp_path / "fox.zip"), there, store)
    assert History(store.index).cost() == {"live": Decimal("0.16")}
    assert [run.cost for run in store.index.runs(runs)] == [Decimal("0.08")] * 2
    assert store.index.committed("live") == (0, 0)
    assert store.index.observed_price(MODEL, None) is None
    assert store.index.durations(MODEL) == []
    # The journal of whoever bought them comes by git.
    shutil.copy(sender.journal.path, there / ".runflow" / "journal")
    assert store.index.committed("live") == (Decimal("0.16"), 0)
    assert [run.second_hand for run in store.index.runs(runs)] == [False, False]


def test_what_was_forgotten_here_does_not_come_back(fox_pack: Path, there: Path) -> None:
    store = Store(there / ".runflow")
    unpacked(fox_pack, there, store)
    run = manifest_of(entries(fox_pack))["runs"][0]
    forget(store, run)
    before = {name for name in tree(there) if "/images/" in name or "/previews/" in name}
    unpacked(fox_pack, there, store)
    (known,) = store.index.runs([run])
    assert known.forgotten
    assert known.prompt == ""
    assert {name for name in tree(there) if "/images/" in name or "/previews/" in name} == before


def test_names_of_pictures_are_known_also_where_no_front_end_tells_the_notebook(fox_pack: Path, there: Path) -> None:
    unpacked(fox_pack, there)
    store = Store(there / ".runflow")
    digest = store.index.input_digest("fox.ipynb", "photo.png")
    assert digest is not None
    assert store.index.input_digest(None, "photo.png") == digest
    assert store.images.find(digest.removeprefix("sha256:")) is not None


def test_a_name_that_was_known_here_keeps_its_meaning(there: Path, tmp_path: Path) -> None:
    """What is packed is newer."""
    store = Store(there / ".runflow")
    bought(store, 50, notebook=None, prompt="mine", given={"photo.png": picture(51)})
    mine = store.index.input_digest(None, "photo.png")
    notebook, sender, _ = fox_notebook(tmp_path / "here")
    unpacked(packed(notebook, sender, tmp_path / "fox.zip"), there, store)
    assert store.index.input_digest(None, "photo.png") == mine
    assert store.index.input_digest("fox.ipynb", "photo.png") not in (None, mine)


def test_the_store_may_lie_elsewhere(fox_pack: Path, there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the notebook is recorded as that store names it."""
    root = there.parent / "stores" / "one"
    monkeypatch.setenv("RUNFLOW_NB_STORE", str(root))
    monkeypatch.chdir(there)
    assert main(["unpack", str(fox_pack)]) == 0
    assert [path.name for path in there.iterdir()] == ["fox.ipynb"]
    assert len(History(Store(root).index, notebook=there / "fox.ipynb")) == 2


class FullDisk(Disk):
    """Takes so many files, and then no more."""

    def __init__(self, room: int) -> None:
        self._room = room

    def stream(self, path: Path) -> Writer:
        self._room -= 1
        if self._room < 0:
            raise StoreUnavailable(str(path), "the disk is full")
        return super().stream(path)


@pytest.mark.parametrize("room", range(8))
def test_a_disk_that_is_full_gets_nothing_of_it(fox_pack: Path, there: Path, room: int) -> None:
    """Wherever it stops: no notebook, no line, no picture; afterwards it goes through."""
    with pytest.raises(StoreUnavailable):
        unpacked(fox_pack, there, Store(there / ".runflow", disk=FullDisk(room)))
    left = {path.name for path in there.rglob("*") if path.is_file() and path.parent.name != "locks"}
    assert left <= {".gitignore"}
    assert len(unpacked(fox_pack, there).runs) == 2


def test_the_command_says_what_there_is_and_what_to_type_next(
    fox_pack: Path, there: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(there)
    assert main(["unpack", str(fox_pack)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Unpacked: fox.ipynb, 2 runs, 3 pictures, 2 previews.\n")
    assert "jupyter lab fox.ipynb" in said
    assert "%runflow config reuse=only" in said


def test_two_clones_that_unpack_the_same_have_the_same_journal(fox_pack: Path, there: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    for folder in (there, tmp_path / "other"):
        unpacked(fox_pack, folder)
    first, second = (
        {path.name: path.read_bytes() for path in (folder / ".runflow" / "journal").iterdir()}
        for folder in (there, tmp_path / "other")
    )
    assert first == second
    assert [json.loads(line)["event"] for data in first.values() for line in data.splitlines()].count("intent") == 2


class Meanwhile(Disk):
    """Somebody else puts a file in its place just before it is there."""

    def __init__(self, content: bytes | None) -> None:
        self._content = content

    def stream(self, path: Path) -> Writer:
        writer = super().stream(path)
        if path.suffix == ".ipynb":
            path.write_bytes(self._content or b"mine")
        return writer


def test_what_somebody_else_puts_there_meanwhile_is_not_overwritten(fox_pack: Path, there: Path) -> None:
    with pytest.raises(FilesInTheWay):
        unpacked(fox_pack, there, Store(there / ".runflow", disk=Meanwhile(None)))
    assert (there / "fox.ipynb").read_bytes() == b"mine"
    (there / "fox.ipynb").unlink()
    same = entries(fox_pack)["fox.ipynb"]
    assert len(unpacked(fox_pack, there, Store(there / ".runflow", disk=Meanwhile(same))).runs) == 2


ERRORS = [
    NotPacked("fox.ipynb", "is no notebook", "Rename it first."),
    KeyFound("fox.ipynb", [f"cell {number}, its text" for number in range(20)]),
    UnsafePack("fox.zip", "has a link in it"),
    FilesInTheWay("fox.zip", ["/somewhere/fox.ipynb"]),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickle_and_says_the_same_in_a_cell(error: RunflowError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error) == "\n".join(error._render_traceback_())
    assert len(str(error).splitlines()) > 1
