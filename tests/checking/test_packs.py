"""`check` of a pack: what unpacking would refuse, and what is wrong with the notebook and the runs inside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.cli import main
from tests.pack.made import entries, resealed, zipped

from .conftest import Bought
from .made import KEY, cell_of, code, notebook, text


@pytest.fixture
def pack(bought: Bought, capsys: pytest.CaptureFixture[str]) -> Path:
    """A pack of a notebook with two runs."""
    runs = bought.runs
    path = notebook(bought.folder / "fox.ipynb", [cell_of(runs["an owl"]), cell_of(runs["a hare"])])
    target = bought.folder / "fox.runflow.zip"
    assert main(["pack", str(path), "--output", str(target)]) == 0
    capsys.readouterr()
    return target


def findings(path: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    status = main(["check", str(path), "--json"])
    (told,) = json.loads(capsys.readouterr().out)["checked"]
    assert (status, told["kind"]) == (int(bool(told["findings"])), "pack")
    found: list[dict[str, Any]] = told["findings"]
    return found


def changed(path: Path, name: str, old: bytes, new: bytes, *, sealed: bool = True) -> Path:
    """The pack with other words in one file, and a manifest that fits them."""
    files = entries(path)
    (full,) = (each for each in files if each.endswith(name))
    assert old in files[full]
    files[full] = files[full].replace(old, new)
    return zipped(path, (resealed(files) if sealed else files).items())


def test_of_a_whole_pack_nothing_is_named_and_nothing_is_written(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(pack.parent.rglob("*"))
    assert main(["check", str(pack)]) == 0
    said = capsys.readouterr().out
    assert "2 runs" in said
    assert said.endswith("Nothing was found amiss.\n")
    assert sorted(pack.parent.rglob("*")) == before


def test_a_file_that_is_not_as_the_manifest_says(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (finding,) = findings(changed(pack, "README.md", b"the", b"thE", sealed=False), capsys)
    assert finding["kind"] == "pack"
    assert "README.md is not what its manifest says" in finding["what"]
    assert "sent again" in finding["remedy"]


def test_a_pack_that_is_cut_off(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack.write_bytes(pack.read_bytes()[:-100])
    assert [finding["kind"] for finding in findings(pack, capsys)] == ["pack"]


def test_a_key_inside(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = changed(pack, "index.html", b"<body", f"<!-- {KEY} --><body".encode())
    (finding,) = findings(broken, capsys)
    assert finding["kind"] == "key"
    assert "revoked" in finding["remedy"]


def test_a_record_that_the_journal_tells_otherwise(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = [one["kind"] for one in findings(changed(pack, "fox.ipynb", b'"cost": "0.06"', b'"cost": "0.01"'), capsys)]
    assert kinds == ["record differs"] * 2


def test_a_request_that_was_changed_after_it_was_bought(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = changed(pack, ".jsonl", b'"prompt":"a hare"', b'"prompt":"a lamb"')
    (finding,) = findings(broken, capsys)
    assert finding["kind"] == "pack"
    assert "the recipe of another request: unpack refuses it" in finding["what"]


def test_an_original_that_was_not_packed(bought: Bought, capsys: pytest.CaptureFixture[str]) -> None:
    """It is missed, but not where only previews were to go out."""
    run = bought.runs["an owl"]
    run.images[0].path.unlink()
    path = notebook(bought.folder / "fox.ipynb", [cell_of(run), cell_of(bought.runs["a hare"])])
    target = bought.folder / "fox.runflow.zip"
    assert main(["pack", str(path), "--output", str(target)]) == 0
    capsys.readouterr()
    (finding,) = findings(target, capsys)
    assert finding["kind"] == "missing original"
    assert f"%runflow show {run.short} --fetch" in finding["remedy"]
    target.unlink()
    assert main(["pack", str(path), "--output", str(target), "--previews-only"]) == 0
    capsys.readouterr()
    assert findings(target, capsys) == []


def test_a_run_that_is_another_take_here_is_kept_by_its_number(
    once: Bought, bought: Bought, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside one's own run of the same request, the cell as it stands would show that one."""
    sent = notebook(bought.folder / "sent.ipynb", [cell_of(once.stranger)])
    target, store = bought.folder / "sent.zip", once.folder / "other" / ".runflow"
    assert main(["pack", str(sent), "--store", str(store), "--output", str(target)]) == 0
    monkeypatch.chdir(bought.folder)
    assert main(["unpack", str(target)]) == 0
    capsys.readouterr()
    assert main(["check", str(sent), "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)["checked"]
    (finding,) = told["findings"]
    assert (finding["kind"], "take 1 (on record 2)" in finding["what"]) == ("record differs", True)
    assert finding["remedy"].startswith("Put --take 2 into its cell and run that: it shows this very run, for nothing.")
    assert f"%runflow cell {once.stranger.short}" in finding["remedy"]
    notebook(sent, [cell_of(once.stranger, "--take", "2", take=2)])
    assert main(["check", str(sent)]) == 0


def test_what_is_wrong_with_the_notebook_inside(bought: Bought, capsys: pytest.CaptureFixture[str]) -> None:
    cells = [cell_of(bought.runs["an owl"]), code("%%nanobanana --take new\na cat"), code("x", text("/home/mary/a"))]
    path = notebook(bought.folder / "fox.ipynb", cells)
    target = bought.folder / "fox.runflow.zip"
    assert main(["pack", str(path), "--output", str(target)]) == 0
    capsys.readouterr()
    assert [(one["kind"], one["where"][:6]) for one in findings(target, capsys)] == [
        ("take new", "cell 2"),
        ("home path", "cell 3"),
    ]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all"])
def test_what_is_no_pack_cannot_be_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes) -> None:
    path = tmp_path / "fox.zip"
    path.write_bytes(data)
    status = main(["check", str(path)])
    told = capsys.readouterr()
    assert status == (1 if data.startswith(b"PK") else 2)
    if status == 2:
        assert "Not checked: fox.zip is no zip file" in told.err


def test_a_pack_of_a_newer_version_cannot_be_checked(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zipped(pack, resealed(entries(pack), lambda told: told.update(schema=99)).items())
    assert main(["check", str(pack)]) == 2
    assert "packed by a newer version" in capsys.readouterr().err
