"""The kernel's side of a gallery: what a page asks and is told, what is journaled, and what a saved notebook holds."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.errors import NotSaved
from runflow_nb.record.embedding.copies import form
from runflow_nb.record.history import History
from runflow_nb.record.store import Store
from runflow_nb.widgets.gallery.cells import cell, looked_at
from runflow_nb.widgets.gallery.copies import copy
from runflow_nb.widgets.gallery.desk import PAGE, Desk
from runflow_nb.widgets.gallery.narrowed import narrowed
from tests.notebook.kernel import Kernel
from tests.notebook.made import made
from tests.widgets.comms import ask
from tests.widgets.many import many_runs

RUNS = 130
HOSTILE = '<img src=x onerror="alert(1)">\x1b[31m\udc80 $x$ fox'


@pytest.fixture
def gallery(kernel: Kernel, tmp_path: Path) -> str:
    """A gallery of many runs; the model of its grid."""
    many_runs(tmp_path / ".runflow", RUNS)
    ran = kernel.run("from runflow_nb import Gallery, history\ngallery = Gallery(history()); gallery")
    assert not ran.error
    return kernel.value("gallery.children[0].model_id")


def begun(kernel: Kernel, model: str, **conditions: str) -> dict[str, Any]:
    told, _ = ask(kernel, model, ask="look", look="x", conditions=conditions)
    return told


def test_runs_come_by_pages_newest_first(kernel: Kernel, gallery: str) -> None:
    first = begun(kernel, gallery)
    assert (first["total"], len(first["cells"]), first["cells"][0]["prompt"][:15]) == (RUNS, PAGE, "otter number 12")
    last, _ = ask(kernel, gallery, ask="page", look="x", start=120, count=60)
    assert (last["start"], len(last["cells"])) == (120, 10)
    assert last["cells"][-1]["alt"] == "fox number 0, in the snow at dawn"
    assert first["models"] == ["google/nano-banana-2", "google/nano-banana-pro"]
    assert set(first["tags"]) == {"badger", "fox", "heron", "otter", "owl"}


def test_the_picture_of_a_run_is_asked_for_by_its_hash_once_its_page_was_told(kernel: Kernel, gallery: str) -> None:
    name = begun(kernel, gallery)["cells"][0]["hash"]
    told, buffers = ask(kernel, gallery, ask="pictures", wanted=[[name, 256]])
    assert (told["pictures"][0]["state"], len(buffers)) == ("here", 1)


def test_conditions_narrow_and_a_wrong_one_is_said_beside_its_field(kernel: Kernel, gallery: str) -> None:
    assert begun(kernel, gallery, text="Owl Number", tag="owl", max_cost="0.04")["total"] == 9
    wrong = begun(kernel, gallery, tag="owl", since="yesterday", min_cost="cheap")
    assert (wrong["total"], sorted(wrong["problems"])) == (26, ["min_cost", "since"])


def test_a_page_of_a_list_that_is_gone_makes_it_ask_anew(kernel: Kernel, gallery: str) -> None:
    told, _ = ask(kernel, gallery, ask="page", look="long gone", start=0, count=60)
    assert told == {"told": "stale", "look": "long gone"}


def test_stars_and_tags_are_journaled_and_told(kernel: Kernel, gallery: str) -> None:
    run = begun(kernel, gallery)["cells"][0]["run"]
    told, _ = ask(kernel, gallery, ask="rate", runs=[run], stars=4)
    assert (told["told"], told["runs"][0]["stars"]) == ("changed", 4)
    told, _ = ask(kernel, gallery, ask="tag", runs=[run], add=["best of"], remove=["otter"])
    assert (told["runs"][0]["tags"], "best of" in told["tags"]) == (["best of"], True)
    assert kernel.value("len(history().where(stars=4, tag='best of'))") == "1"
    told, _ = ask(kernel, gallery, ask="rate", runs=[run], stars=0)
    assert kernel.value("history()[0].stars") == "None"
    refused, _ = ask(kernel, gallery, ask="tag", runs=[run], add=["x" * 200], remove=[])
    assert (refused["told"], refused["wrong"]) == ("said", True)
    assert kernel.value("history()[0].tags") == "('best of',)"


def test_actions_are_handed_in_and_their_mistakes_are_said(kernel: Kernel, gallery: str) -> None:
    kernel.run(
        "from runflow_nb.widgets.gallery.actions import Action\nfrom runflow_nb.errors import RunflowError\n"
        "import ipywidgets\n"
        "def count(runs): return ipywidgets.Label(str(len(runs)))\n"
        "def fail(runs): raise RunflowError('No cell for ' + runs[0].prompt)\n"
        "gallery = Gallery(history(), actions={'pair': Action('Pair', 2, count),"
        " 'word': Action('Word', 1, lambda runs: runs[0].prompt), 'fail': Action('Fail', 1, fail)})"
    )
    model = kernel.value("gallery.children[0].model_id")
    runs = [each["run"] for each in begun(kernel, model)["cells"]]
    assert ask(kernel, model, ask="act", what="word", runs=runs[:1])[0]["text"].startswith("otter number 129")
    assert ask(kernel, model, ask="act", what="fail", runs=runs[:1])[0]["wrong"]
    assert ask(kernel, model, ask="act", what="pair", runs=runs[:2])[0]["told"] == "said"
    assert kernel.value("gallery.children[1].children[0].value") == "2"


def test_what_is_shown_below_takes_the_place_of_what_was_there(kernel: Kernel, gallery: str) -> None:
    """Which is then nowhere any more, with all that it holds."""
    kernel.run(
        "import ipywidgets\nshown = [ipywidgets.VBox([ipywidgets.IntSlider()]) for _ in range(2)]\n"
        "for each in shown: gallery._put_below(each)"
    )
    held = "[(each.comm is None, each.children[0].comm is None) for each in shown]"
    assert kernel.value(held) == "[(True, True), (False, False)]"


def test_the_state_holds_counts_and_neither_runs_nor_pictures(kernel: Kernel, gallery: str) -> None:
    cells = begun(kernel, gallery)["cells"]
    ask(kernel, gallery, ask="pictures", wanted=[[each["hash"], 512] for each in cells])
    state = kernel.value(
        "__import__('json').dumps(__import__('ipywidgets.embed').embed.dependency_state(gallery, drop_defaults=False))"
    )
    assert len(state) < 15_000
    assert json.loads(state)[gallery]["state"]["total"] == RUNS
    assert not any(each["run"] in state or each["hash"] in state for each in cells)


def test_a_table_stands_in_where_there_is_no_kernel(kernel: Kernel, gallery: str) -> None:
    """As an output of its own, since a page that finds no widget shows nothing else of that output."""
    table, widget = kernel.run("gallery").outputs
    assert table["data"]["text/html"].count("<img") == 12
    assert "application/vnd.jupyter.widget-view+json" not in table["data"]
    assert "<img" not in widget["data"]["text/html"]
    assert kernel.value("'<img' in gallery._repr_mimebundle_()['text/html']") == "True"


def test_done_leaves_only_the_table(kernel: Kernel, gallery: str) -> None:
    ran = kernel.run("gallery\ndisplay(gallery)\ngallery.done()")
    assert ["application/vnd.jupyter.widget-view+json" in out["data"] for out in ran.outputs] == [False, False]


def test_words_of_people_are_text_that_json_can_carry(tmp_path: Path) -> None:
    run = made(tmp_path, intent={"input": {"prompt": HOSTILE}, "tags": [HOSTILE]})
    for told in (cell(run), looked_at(run)):
        text = json.dumps(told, ensure_ascii=False).encode().decode()
        assert "\x1b" not in text
        assert "␛[31m?" in text


def test_every_change_is_refused_for_a_run_of_another_store(tmp_path: Path) -> None:
    for name in ("a", "b"):
        many_runs(tmp_path / name, 1)
    store, other = Store(tmp_path / "a"), Store(tmp_path / "b")
    desk = Desk(History(store.index), other, lambda _: None)
    (run,) = store.index.ids()
    with pytest.raises(Exception, match="another store"):
        desk.answer({"ask": "rate", "runs": [run], "stars": 3})
    store.close()
    other.close()


@pytest.mark.parametrize("odd", [{}, {"ask": 7}, {"ask": "page", "look": 1}, {"ask": "rate", "stars": "x"}])
def test_what_is_not_understood_is_not_answered(tmp_path: Path, odd: dict[str, Any]) -> None:
    store = Store(tmp_path)
    assert Desk(History(store.index), store, lambda _: None).answer(odd) is None
    assert narrowed(History(store.index), {"stars": "many"})[1].keys() == {"stars"}
    store.close()


@pytest.mark.parametrize("where", ["out", "out.zip"])
def test_copies_are_whole_and_never_written_over(tmp_path: Path, where: str) -> None:
    run = made(tmp_path / "store", pictures=2)
    target = tmp_path / where
    assert copy([run], str(target)).startswith("2 pictures saved in")
    if target.suffix:
        with zipfile.ZipFile(target) as archive:
            archive.extractall(tmp_path / "store/taken out")
        files = sorted((tmp_path / "store/taken out").iterdir())
        found = [form(*each) for each in zip(files, run.images, strict=True)]
        before = target.read_bytes()
        with pytest.raises(NotSaved):
            copy([run], str(target))
        assert target.read_bytes() == before
    else:
        files = sorted(target.iterdir())
        found = [form(*each) for each in zip(files, run.images, strict=True)]
        files[0].write_bytes(b"another picture")
        with pytest.raises(NotSaved):
            copy([run], str(target))
        assert files[0].read_bytes() == b"another picture"
    assert found == ["embedded", "embedded"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([where, "store"])
    run.images[1].path.unlink()
    with pytest.raises(FileNotFoundError):
        copy([run], str(tmp_path / f"later-{where}"))


def test_nothing_to_save_or_nowhere_is_said(tmp_path: Path) -> None:
    run = made(tmp_path)
    for runs, where in (([run], "  "), ([], "out")):
        with pytest.raises(NotSaved):
            copy(runs, where)
