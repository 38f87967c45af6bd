"""Packs that somebody forged, by what is in them: each attack is refused by name, and nothing is written for it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ulid import ULID

from runflow_nb.cli import main
from runflow_nb.errors import (
    DamagedPack,
    FilesInTheWay,
    KeyInPack,
    NewerPack,
    NotAPack,
    UnsafePack,
)
from runflow_nb.pack.unpacking import unpack
from runflow_nb.record.forget import forget
from runflow_nb.record.journal import encode, moment
from runflow_nb.record.store import Store
from runflow_nb.secret import Secret

from .forging import KEY, Files, forged, journal_name, refusal
from .made import bought, entries, fox_notebook, manifest_of, packed, picture, resealed, zipped


def test_a_file_that_the_manifest_does_not_name(fox_pack: Path, there: Path) -> None:
    files = entries(fox_pack)
    extra = f".runflow/previews/{'0' * 32}.jpg"
    refused = refusal(zipped(fox_pack.with_name("forged.zip"), [*files.items(), (extra, b"evil")]), there)
    assert type(refused) is UnsafePack
    assert "does not name" in str(refused)


def test_a_file_of_which_no_run_speaks(fox_pack: Path, there: Path) -> None:
    data = picture(200)
    sha256 = hashlib.sha256(data).hexdigest()
    extra = f".runflow/images/{sha256[:2]}/{sha256}.png"
    refused = refusal(forged(fox_pack, lambda files: {**files, extra: data}), there)
    assert type(refused) is UnsafePack
    assert "none of its runs speaks of" in str(refused)


def test_a_file_that_is_missing(fox_pack: Path, there: Path) -> None:
    files = entries(fox_pack)
    lacking = [(name, data) for name, data in files.items() if not name.endswith(".png")]
    refused = refusal(zipped(fox_pack.with_name("forged.zip"), lacking), there)
    assert type(refused) is DamagedPack
    assert "lacks a file" in str(refused)


@pytest.mark.parametrize("suffix", [".png", ".ipynb", ".jsonl", ".jpg", ".html", ".md"])
def test_a_file_that_was_changed(fox_pack: Path, there: Path, suffix: str) -> None:
    files = entries(fox_pack)
    name = next(name for name in files if name.endswith(suffix))
    files[name] = files[name][:-1] + b"\0"
    refused = refusal(zipped(fox_pack.with_name("forged.zip"), files.items()), there)
    assert type(refused) is DamagedPack
    assert "is not what its manifest says" in str(refused)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_picture_under_the_name_of_another(fox_pack: Path, there: Path, suffix: str) -> None:
    def change(files: Files) -> None:
        files[next(name for name in files if name.endswith(suffix))] = picture(250)

    refused = refusal(forged(fox_pack, change), there)
    assert type(refused) is DamagedPack
    assert "is not what its name says" in str(refused)


def test_a_schema_number_from_the_future(fox_pack: Path, there: Path) -> None:
    files = entries(fox_pack)
    pack = zipped(
        fox_pack.with_name("forged.zip"), resealed(files, lambda told: told.update(schema=2, surprise=1)).items()
    )
    refused = refusal(pack, there)
    assert type(refused) is NewerPack
    assert "pip install --upgrade" in str(refused)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "another"}, "another program's"),
        ({"schema": None}, "no schema number"),
        ({"schema": True}, "no schema number"),
        ({"schema": 0}, "no schema number"),
        ({"runs": "all"}, "lists no runs"),
        ({"runs": ["../../evil"]}, "lists no runs"),
        ({"runs": ["0" * 26, "0" * 26]}, "lists a run twice"),
        ({"runs": ["8" + "0" * 25]}, "lists no runs"),
        ({"files": []}, "lists no files"),
        ({"files": {"fox.ipynb": {"size": -1, "sha256": "0" * 64}}}, "no size and hash"),
        ({"files": {"fox.ipynb": {"size": 1, "sha256": "../evil"}}}, "no size and hash"),
        ({"notebook": None}, "says too little"),
    ],
)
def test_a_manifest_that_is_none(fox_pack: Path, there: Path, change: dict[str, Any], words: str) -> None:
    files = resealed(entries(fox_pack), lambda told: told.update(change))
    refused = refusal(zipped(fox_pack.with_name("forged.zip"), files.items()), there)
    assert type(refused) is NotAPack
    assert words in str(refused)


@pytest.mark.parametrize("text", [b"", b"[", b"\xff", b"[" * 200_000, b'{"format":1,"format":2}', b"9" * 5000])
def test_a_manifest_that_cannot_be_read(fox_pack: Path, there: Path, text: bytes) -> None:
    files = {**entries(fox_pack), "manifest.json": text}
    assert type(refusal(zipped(fox_pack.with_name("forged.zip"), files.items()), there)) is NotAPack


def test_a_manifest_that_says_two_things(fox_pack: Path, there: Path) -> None:
    files = entries(fox_pack)
    files["manifest.json"] = files["manifest.json"].replace(b'"schema": 1,', b'"schema": 9, "schema": 1,')
    refused = refusal(zipped(fox_pack.with_name("forged.zip"), files.items()), there)
    assert type(refused) is NotAPack
    assert "says something twice" in str(refused)


def test_another_notebook_than_the_manifest_says(fox_pack: Path, there: Path) -> None:
    refused = refusal(forged(fox_pack, lambda files: {**files, "other.ipynb": b"{}"}), there)
    assert type(refused) is UnsafePack
    assert "another notebook" in str(refused)


def changed_line(kind: str, **facts: Any) -> Callable[[Files], None]:
    """Changes the first journal line of this kind."""

    def change(files: Files) -> None:
        lines = files[journal_name(files)].splitlines(keepends=True)
        place = next(number for number, line in enumerate(lines) if json.loads(line)["event"] == kind)
        lines[place] = encode({**json.loads(lines[place]), **facts})
        files[journal_name(files)] = b"".join(lines)

    return change


def added_line(line: bytes) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files[journal_name(files)] += line

    return change


OUTPUT = {"format": "png", "mime": "image/png", "width": 8, "height": 8, "bytes": 9}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (added_line(b"hello\n"), "cannot be read in line"),
        (added_line(b"[" * 100_000 + b"\n"), "cannot be read in line"),
        (added_line(b'{"v":1,"event":"proven","origin":"live"}\n'), "another run"),
        (added_line(b'{"v":1,"event":"forgotten","run":"01J0000000000000000000MINE","at":""}\n'), "another run"),
        (added_line(b'{"v":2,"event":"intent"}\n'), "another version"),
        (added_line(b'{"v":1,"event":"input","name":1}\n'), "in a way that is not ours"),
        (added_line(b'{"v":1,"event":"input"'), "has no end"),
        (changed_line("intent", event="unheard"), "says what is said of no run"),
        (changed_line("finished", event="proven", origin="live", org_id="org_1"), "says what is said of no run"),
        (changed_line("finished", run=["a"]), "another run"),
        (changed_line("intent", event="tagged"), "does not tell how run"),
        (changed_line("finished", event="tagged"), "still on its way"),
        (changed_line("intent", origin=None), "does not say what run"),
        (
            changed_line("finished", outputs=[{**OUTPUT, "sha256": "../../../../etc/passwd"}]),
            "files that are no store's",
        ),
        (changed_line("finished", outputs=[{**OUTPUT, "sha256": "/etc/passwd"}]), "files that are no store's"),
        (changed_line("finished", preview={"key": "../../evil", "mime": "image/png"}), "a preview that is none"),
        (changed_line("finished", preview={"key": "/etc/evil", "mime": "image/png"}), "a preview that is none"),
        (changed_line("intent", pictures=[{"file": "../../evil"}]), "files that are no store's"),
        (
            changed_line("intent", pictures=[{"digest": f"sha256:{'a' * 64}", "file": "b" * 64, "source": "file"}]),
            "another picture than the one that went in",
        ),
    ],
)
def test_a_journal_that_is_none_of_ours(
    fox_pack: Path, there: Path, change: Callable[[Files], None], words: str
) -> None:
    refused = refusal(forged(fox_pack, change), there)
    assert type(refused) is UnsafePack
    assert words in str(refused)


def test_a_number_that_a_pack_claims_for_its_run_is_not_believed(fox_pack: Path, there: Path) -> None:
    run = manifest_of(entries(fox_pack))["runs"][0]
    claim = encode({"v": 1, "at": moment(time.time() + 3600), "event": "renumbered", "run": run, "take": 1})
    store = Store(there / ".runflow")
    own = bought(store, 60, notebook="mine.ipynb")
    unpack(forged(fox_pack, added_line(claim)), there, store, None)
    assert [known.take for known in store.index.runs([own, run])] == [1, 2]
    told = [event for event in store.index.events([run])[run] if event["event"] == "renumbered"]
    assert [event["take"] for event in told] == [2]
    assert told[0]["at"] < moment(time.time() + 1)


def test_a_run_of_a_far_future_that_would_drag_all_later_ids_along(fox_pack: Path, there: Path) -> None:
    run = manifest_of(entries(fox_pack))["runs"][0]
    future = str(ULID.from_timestamp(time.time() + 2 * 86_400))
    files = {name: data.replace(run.encode(), future.encode()) for name, data in entries(fox_pack).items()}
    refused = refusal(zipped(fox_pack.with_name("forged.zip"), resealed(files).items()), there)
    assert type(refused) is UnsafePack
    assert f"run {future[-6:]} as of a day that is yet to come" in str(refused)


def test_what_names_stand_for_here_is_not_a_packs_to_forget(there: Path, tmp_path: Path) -> None:
    notebook, sender, (run, *_) = fox_notebook(tmp_path / "here")
    forget(sender, run)
    pack = packed(notebook, sender, tmp_path / "fox.runflow.zip")
    event = {"v": 1, "at": moment(time.time()), "event": "forgotten", "run": run, "inputs": ["sha256:mine"]}
    store = Store(there / ".runflow")
    store.journal.append({"event": "input", "notebook": "mine.ipynb", "name": "fox.png", "digest": "sha256:mine"})
    unpack(forged(pack, added_line(encode(event))), there, store, None)
    assert store.index.run(run).forgotten  # type: ignore[union-attr]
    assert store.index.input_digest("mine.ipynb", "fox.png") == "sha256:mine"
    assert b"sha256:mine" not in next(store.root.glob("journal/pack-*")).read_bytes()


def test_lines_of_another_source_prove_and_forget_nothing_here(there: Path) -> None:
    """Also where an earlier version let them in."""
    store = Store(there / ".runflow")
    store.journal.append({"event": "input", "notebook": "mine.ipynb", "name": "fox.png", "digest": "sha256:mine"})
    store.journal.append({"from": "pack", "event": "proven", "origin": "live", "org_id": "org_1"})
    store.journal.append({"from": "pack", "event": "forgotten", "run": "0" * 26, "inputs": ["sha256:mine"]})
    assert not store.index.proven("live", "org_1")
    assert store.index.input_digest("mine.ipynb", "fox.png") == "sha256:mine"


def test_runs_that_the_manifest_does_not_name_or_that_have_no_lines(fox_pack: Path, there: Path) -> None:
    files = entries(fox_pack)
    runs = manifest_of(files)["runs"]
    for named, words in ((runs[:1], "another run"), ([*runs, "0" * 26], "does not tell how run")):
        forgery = {**files, "manifest.json": json.dumps({**manifest_of(files), "runs": named}).encode()}
        pack = zipped(fox_pack.with_name("forged.zip"), resealed(forgery).items())
        assert words in str(refusal(pack, there))


@pytest.mark.parametrize("name", ["fox.ipynb", "index.html", "README.md", "journal", "picture"])
def test_a_key_inside(fox_pack: Path, there: Path, name: str) -> None:
    def change(files: Files) -> None:
        if name == "fox.ipynb":
            notebook = json.loads(files[name])
            notebook["cells"][0]["source"] = [f"%env RUNFLOW_API_KEY={KEY}"]
            files[name] = json.dumps(notebook).replace("rf_live", "rf\\u005flive").encode()
        elif name == "journal":
            changed_line("intent", metadata={"note": KEY})(files)
        else:
            files[name] += KEY.encode()

    own = Secret("a-key-of-my-own")
    pack = keyed_picture(fox_pack, own.reveal()) if name == "picture" else forged(fox_pack, change)
    refused = refusal(pack, there, own)
    assert type(refused) is KeyInPack
    assert "a-key-of-my-own" not in str(refused)


def keyed_picture(fox_pack: Path, text: str) -> Path:
    """The pack with a text in the metadata of its preview, everything else fitting."""
    files = entries(fox_pack)
    name = next(name for name in files if name.endswith(".jpg"))
    data = files.pop(name) + text.encode()
    key = hashlib.sha256(data).hexdigest()[:32]
    files[f".runflow/previews/{key}.jpg"] = data
    old = name.rpartition("/")[2].removesuffix(".jpg")
    files[journal_name(files)] = files[journal_name(files)].replace(old.encode(), key.encode())
    return zipped(fox_pack.with_name("forged.zip"), resealed(files).items())


def test_a_file_that_is_here_and_differs(fox_pack: Path, there: Path) -> None:
    (there / "fox.ipynb").write_text("mine")
    picture_name = next(name for name in entries(fox_pack) if name.endswith(".png"))
    (there / picture_name).parent.mkdir(parents=True)
    (there / picture_name).write_text("mine too")
    refused = refusal(fox_pack, there)
    assert isinstance(refused, FilesInTheWay)
    assert {Path(path).name for path in refused.paths} == {"fox.ipynb", Path(picture_name).name}
    assert str(there / "fox.ipynb") in str(refused)


def test_a_link_that_is_here_is_not_written_through(fox_pack: Path, there: Path, tmp_path: Path) -> None:
    (there / "fox.ipynb").symlink_to(tmp_path / "elsewhere.ipynb")
    assert isinstance(refusal(fox_pack, there), FilesInTheWay)
    assert not (tmp_path / "elsewhere.ipynb").exists()


def test_the_command_says_it_and_ends_with_1(
    fox_pack: Path, there: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(there)
    pack = forged(fox_pack, lambda files: {**files, "../\x1b[31mevil": b"evil"})
    assert main(["unpack", str(pack)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("Not unpacked: forged.zip has a file that ")
    assert "\x1b" not in said
    assert list(there.iterdir()) == []
