"""`check` where not one original is: a clone and an unpacked pack of previews only are whole, and it is said once."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import runflow_nb
from runflow_nb.cli import main
from runflow_nb.record.audit.missed import Missed, holds_none
from runflow_nb.record.audit.references import Needed, Way
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession

from .conftest import Bought
from .made import cell_of, code, notebook, shown

ALL = ("an owl", "a hare", "at night")


def saved(bought: Bought, *words: str) -> Path:
    """A notebook beside the store, with these runs."""
    cells = [cell_of(bought.runs[each]) for each in words if each != "at night"]
    edits = [code("show()", *shown(bought.runs[each])) for each in words if each == "at night"]
    return notebook(bought.folder / "fox.ipynb", cells + edits)


def told(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[list[str], list[str], int]:
    """(kinds of what was found, remarks, exit status)."""
    capsys.readouterr()
    status = main(["check", str(path), "--json"])
    (checked,) = json.loads(capsys.readouterr().out)["checked"]
    return [one["kind"] for one in checked["findings"]], checked["remarks"], status


def original(bought: Bought, words: str) -> Path:
    return bought.runs[words].images[0].path


def test_a_clone_is_whole_and_says_what_is_not_here(bought: Bought, capsys: pytest.CaptureFixture[str]) -> None:
    """Its notebook and its store; as a hook it says nothing."""
    path = saved(bought, *ALL)
    there = bought.folder.parent / "clone"
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "a"]):
        subprocess.run(["git", *words], cwd=bought.folder, check=True)
    subprocess.run(["git", "clone", "-q", str(bought.folder), str(there)], check=True)
    assert main(["check", str(there / path.name), str(there)]) == 0
    said = capsys.readouterr().out
    assert "Previews only, as in a clone: 3 originals and 1 picture that went in are not here. %runflow show " in said
    assert "Previews only, as in a clone: 10 originals and 1 picture that went in are not here. " in said
    assert said.count("--fetch brings originals back for nothing, while that sandbox runs; a copy of the folder") == 2
    assert said.count("Nothing was found amiss.") == 2
    assert main(["check", "-q", str(there / path.name)]) == 0
    assert capsys.readouterr().out == ""
    (there / ".runflow" / "images").mkdir()
    assert told(there, capsys)[::2] == ([], 0)


def test_where_some_are_each_that_is_gone_is_a_finding(bought: Bought, capsys: pytest.CaptureFixture[str]) -> None:
    """Also in a notebook that shows none of those that are there."""
    path = saved(bought, *ALL)
    assert told(path, capsys) == ([], [], 0)
    kept = original(bought, "a fox")
    moved = shutil.move(kept, bought.folder)
    shutil.rmtree(bought.root / "images")
    assert told(path, capsys)[::2] == ([], 0)
    kept.parent.mkdir(parents=True)
    shutil.move(moved, kept)
    gone = ["missing original"] * 3 + ["missing input"]
    assert told(path, capsys) == (gone, [], 1)
    assert told(bought.root, capsys) == (sorted(["missing original"] * 6 + gone, reverse=True), [], 1)


def test_who_goes_on_in_a_clone_may_commit(
    bought: Bought, sandbox: EmbeddedSandbox, open_session: OpenSession, capsys: pytest.CaptureFixture[str]
) -> None:
    """They have the originals of what they bought themselves, and those are missed where they are gone."""
    shutil.rmtree(bought.root / "images")
    open_session(sandbox.url, store=bought.root)
    own = [runflow_nb.generate(words, resolution="0.5K", output_format="jpeg") for words in ("a newt", "a toad")]
    path = notebook(bought.folder / "fox.ipynb", [cell_of(run) for run in (bought.runs["an owl"], *own)])
    kinds, (remark,), status = told(path, capsys)
    assert (kinds, status) == ([], 0)
    assert remark.startswith("Previews only, as in a clone: 1 original is not here.")
    own[0].images[0].path.unlink()
    assert told(path, capsys)[::2] == (["missing original"], 1)


def test_an_input_that_is_kept_makes_no_store_of_originals(bought: Bought, capsys: pytest.CaptureFixture[str]) -> None:
    """A cell of a clone that was run with its picture keeps that, and a store of originals misses what went in."""
    path = saved(bought, *ALL)
    (went_in,) = (next((bought.root / "images").rglob(f"{one['file']}.*")) for one in bought.runs["at night"].pictures)
    for run in bought.runs.values():
        run.images[0].path.unlink()
    assert told(path, capsys)[::2] == ([], 0)
    assert told(bought.root, capsys)[1][0].startswith("Previews only, as in a clone: 10 originals are not here.")
    assert went_in.exists()


def test_an_input_alone_is_missed(bought: Bought, capsys: pytest.CaptureFixture[str]) -> None:
    for one in bought.runs["at night"].pictures:
        next((bought.root / "images").rglob(f"{one['file']}.*")).unlink()
    for path in (saved(bought, *ALL), bought.root):
        assert told(path, capsys) == (["missing input"], [], 1)


def test_a_pack_of_previews_only_and_what_comes_of_it(
    bought: Bought, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target, there = bought.folder / "small.zip", bought.folder.parent / "there"
    assert main(["pack", str(saved(bought, *ALL)), "--output", str(target), "--previews-only"]) == 0
    there.mkdir()
    monkeypatch.chdir(there)
    assert main(["unpack", str(target)]) == 0
    for path in (target, there / "fox.ipynb", there):
        kinds, remarks, status = told(path, capsys)
        assert (kinds, status) == ([], 0)
        assert "3 originals and 1 picture that went in are not here" in remarks[0]


def test_a_pack_of_a_clone_is_as_the_clone_is(bought: Bought, capsys: pytest.CaptureFixture[str]) -> None:
    path, target = saved(bought, *ALL), bought.folder / "fox.zip"
    shutil.rmtree(bought.root / "images")
    assert main(["pack", str(path), "--output", str(target)]) == 0
    assert told(target, capsys)[::2] == ([], 0)
    assert told(target, capsys)[1] == told(path, capsys)[1]


def run(*originals: str, inputs: tuple[str, ...] = (), way: Way = "api") -> Needed:
    return Needed("".join(originals)[-6:], originals, tuple((one, one) for one in inputs), None, "", way)


@pytest.mark.parametrize(
    ("runs", "there", "none"),
    [
        ([run("a"), run("b")], {"b"}, False),
        ([run("a"), run("b")], {"c"}, True),
        ([run("a", inputs=("b",))], {"b"}, True),
        ([run(inputs=("b",))], {"b"}, False),
        ([run(inputs=("b",))], set(), True),
        ([run("a", inputs=("b",)), run("b")], {"b"}, False),
    ],
)
def test_what_counts_as_none(runs: list[Needed], there: set[str], none: bool) -> None:
    assert holds_none(runs, there) is none


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([run("a")], "1 original is not here. %runflow show RUN --fetch brings originals back for nothing, with the"),
        ([run("a", way="sandbox"), run("b")], "2 originals are not here. %runflow show RUN --fetch brings originals"),
        ([run("a", "b", way="copy")], "2 originals are not here. A copy of the folder images "),
        ([run("a", inputs=("b", "c"))], "1 original and 2 pictures that went in are not here. "),
        ([run("a", inputs=("b",)), run("b")], "2 originals are not here. "),
        ([run(inputs=("b",))], "1 picture that went in is not here. A copy "),
    ],
)
def test_how_they_come_back(runs: list[Needed], said: str) -> None:
    missed = Missed(lambda _: True)
    before = missed.remarks
    found = [finding for each in runs for finding in missed.findings(each, set())]
    assert (before, found) == ((), [])
    assert missed.remarks[0].startswith(f"Previews only, as in a clone: {said}")
