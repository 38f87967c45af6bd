"""What goes out with a notebook: all that it shows, the same bytes each time from the same store, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.cli import main
from runflow_nb.errors import KeyFound, NotPacked
from runflow_nb.pack import packing
from runflow_nb.pack.contents import gather
from runflow_nb.pack.report import going_out
from runflow_nb.pack.sources import source
from runflow_nb.pack.writing import written
from runflow_nb.record.forget import forget
from runflow_nb.record.store import Store
from runflow_nb.secret import Secret
from tests.record.made import accepted, intent

from .made import bought, code_cell, entries, fox_notebook, manifest_of, packed, picture, saved, tree

KEY = "rf_live_0123456789abcdef"


def lines(files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for name in files if name.endswith(".jsonl") for line in files[name].splitlines()]


def test_it_holds_the_notebook_its_lines_its_pictures_and_a_manifest_of_them(tmp_path: Path) -> None:
    notebook, store, runs = fox_notebook(tmp_path)
    files = entries(packed(notebook, store, tmp_path / "out.zip"))
    told = manifest_of(files)
    assert told["schema"] == 1
    assert told["notebook"] == "fox.ipynb"
    assert told["runs"] == runs
    assert told["files"] == {
        name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
        if name != "manifest.json"
    }
    assert files["fox.ipynb"] == notebook.read_bytes()
    for run in store.index.runs(runs):
        assert run.preview is not None
        assert files[f".runflow/previews/{run.preview.path.name}"] == run.preview.path.read_bytes()
        assert files[f".runflow/images/{run.images[0].sha256[:2]}/{run.images[0].path.name}"] == run.images[0].bytes
    assert picture(99) in files.values()
    assert {"README.md", "index.html"} < files.keys()
    assert len(files) == 4 + 1 + 3 + 2


def test_twice_is_the_same_bytes_wherever_the_notebook_lies(tmp_path: Path) -> None:
    notebook, store, _ = fox_notebook(tmp_path / "a")
    first = packed(notebook, store, tmp_path / "one.zip").read_bytes()
    store.close()
    (tmp_path / "b").mkdir()
    (tmp_path / "a").rename(tmp_path / "b" / "moved")
    moved = Store(tmp_path / "b" / "moved" / ".runflow")
    assert packed(tmp_path / "b" / "moved" / "fox.ipynb", moved, tmp_path / "two.zip").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert {(entry.date_time, entry.external_attr >> 16) for entry in archive.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 0o100644)
        }
        stored = {entry.filename for entry in archive.infolist() if entry.compress_type == zipfile.ZIP_STORED}
    assert stored == {name for name in entries(tmp_path / "one.zip") if name.endswith((".png", ".jpg"))}


@pytest.mark.skipif(shutil.which("unzip") is None, reason="no unzip here")
def test_an_ordinary_unzip_finds_nothing_wrong(fox_pack: Path) -> None:
    done = subprocess.run(["unzip", "-tq", str(fox_pack)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_neither_notebook_nor_store_is_changed(tmp_path: Path) -> None:
    notebook, store, _ = fox_notebook(tmp_path / "here")
    store.close()
    before = tree(tmp_path / "here")
    assert main(["pack", str(notebook), "--output", str(tmp_path / "out.zip")]) == 0
    assert tree(tmp_path / "here") == before


def test_lines_of_other_notebooks_stay_here(tmp_path: Path) -> None:
    notebook, store, runs = fox_notebook(tmp_path)
    other = bought(store, 7, notebook="secret.ipynb", prompt="another plan", given={"plan.png": picture(77)})
    store.journal.append({"event": "proven", "origin": "live", "org_id": "org_1"})
    files = entries(packed(notebook, store, tmp_path / "out.zip"))
    assert {event.get("run") for event in lines(files)} == {*runs, None}
    assert {event["event"] for event in lines(files)} == {"intent", "accepted", "finished", "input"}
    whole = b"".join(files.values())
    for word in (b"another plan", b"plan.png", b"secret.ipynb", other.encode()):
        assert word not in whole


def test_a_copy_takes_along_what_it_shows_and_names_of_folders_stay_here(tmp_path: Path) -> None:
    """The copy shows a run of another notebook that lies elsewhere on this machine."""
    store = Store(tmp_path / ".runflow")
    run = bought(store, 1, notebook=str(tmp_path.parent / "elsewhere" / "first.ipynb"))
    copy = saved(tmp_path / "copy.ipynb", code_cell("%%nanobanana\nfox", store, [run]))
    files = entries(packed(copy, store, tmp_path / "out.zip"))
    assert manifest_of(files)["runs"] == [run]
    assert next(event["notebook"] for event in lines(files) if event["event"] == "intent") == "copy.ipynb"
    assert b"elsewhere" not in b"".join(files.values())


def test_a_forgotten_run_stays_forgotten(tmp_path: Path) -> None:
    notebook, store, runs = fox_notebook(tmp_path)
    lines_before = (tmp_path / ".runflow" / "journal" / f"{store.session}.jsonl").read_bytes()
    forget(store, runs[0])
    # A merge brings the lines back that were there before.
    (tmp_path / ".runflow" / "journal" / "merged.jsonl").write_bytes(lines_before)
    saved(notebook, code_cell("%%nanobanana\nanother"))
    files = entries(packed(notebook, store, tmp_path / "out.zip"))
    assert manifest_of(files)["runs"] == runs
    assert b"a red fox" not in b"".join(files.values())
    assert picture(1) not in files.values()


def test_runs_without_an_end_stay_here_and_are_told_of(tmp_path: Path) -> None:
    notebook, store, runs = fox_notebook(tmp_path)
    open_run = store.new_id()
    store.journal.append(intent(open_run, prompt="on its way"))
    store.journal.append(accepted(open_run))
    contents = gather(store, notebook, None)
    assert [run.id for run in contents.runs] == runs
    assert "1 run without an end stay here; runflow-nb resume collects them" in going_out(contents)


def test_what_is_missing_is_told_with_how_to_get_it_and_the_rest_is_packed(tmp_path: Path) -> None:
    notebook, store, runs = fox_notebook(tmp_path)
    first, second = store.index.runs(runs)
    first.images[0].path.unlink()
    second.images[0].path.write_bytes(b"damaged")
    contents = gather(store, notebook, None)
    said = going_out(contents)
    assert f"its original is not in the store. %runflow show {first.short} --fetch brings it back" in said
    assert "is not what its name says and stays here. runflow-nb check" in said
    files = entries(packed(notebook, store, tmp_path / "out.zip"))
    assert len([name for name in files if name.endswith(".jpg")]) == 2
    assert [files[name] for name in files if name.endswith(".png")] == [picture(99)]


def test_previews_only(tmp_path: Path) -> None:
    notebook, store, runs = fox_notebook(tmp_path)
    for run in store.index.runs(runs):
        run.images[0].path.unlink()
    contents = gather(store, notebook, None, previews_only=True)
    assert contents.missing == ()
    files = entries(packed(notebook, store, tmp_path / "out.zip", previews_only=True))
    assert not [name for name in files if "/images/" in name]
    assert manifest_of(files)["previews_only"] is True
    assert b"previews only" in files["index.html"]


def in_source(folder: Path, store: Store) -> str:
    saved(folder / "fox.ipynb", code_cell("1"), code_cell(f"key = '{KEY}'"))
    return "cell 2, its text"


def in_outputs(folder: Path, store: Store) -> str:
    output = {"output_type": "stream", "name": "stdout", "text": ["it is rf_live_", "0123456789abcdef\n"]}
    saved(folder / "fox.ipynb", {**code_cell("1"), "outputs": [output]})
    return "cell 1, its outputs"


def in_metadata(folder: Path, store: Store) -> str:
    saved(folder / "fox.ipynb", code_cell("1"), note={"key": KEY})
    return "the notebook's metadata"


def in_cell_metadata(folder: Path, store: Store) -> str:
    saved(folder / "fox.ipynb", {**code_cell("1"), "metadata": {"tags": [KEY]}})
    return "cell 1, its metadata"


def in_prompt(folder: Path, store: Store) -> str:
    return f"run {bought(store, 3, prompt=f'a fox {KEY}')[-6:]}, its journal line (intent)"


def in_tag(folder: Path, store: Store) -> str:
    run = bought(store, 3)
    store.journal.append({"event": "tagged", "run": run, "add": [KEY], "remove": []})
    return f"run {run[-6:]}, its journal line (tagged)"


def in_input_name(folder: Path, store: Store) -> str:
    bought(store, 3, given={f"{KEY}.png": picture(5)})
    return "the journal, what a picture's name stands for"


def in_picture(folder: Path, store: Store) -> str:
    bought(store, 3, data=picture(9) + f"Comment {KEY}".encode())
    return ", its metadata"


PLACES = [in_source, in_outputs, in_metadata, in_cell_metadata, in_prompt, in_tag, in_input_name, in_picture]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_a_key_stops_it_and_its_place_is_named(tmp_path: Path, place: Any) -> None:
    notebook, store, _ = fox_notebook(tmp_path)
    where = place(tmp_path, store)
    with pytest.raises(KeyFound) as refused:
        packed(notebook, store, tmp_path / "out.zip")
    assert where in str(refused.value)
    assert "0123456789abcdef" not in str(refused.value) + repr(refused.value.args)
    assert not (tmp_path / "out.zip").exists()


def test_a_key_in_the_name_of_the_file_is_not_repeated(tmp_path: Path) -> None:
    notebook, store, _ = fox_notebook(tmp_path)
    named = notebook.rename(tmp_path / f"{KEY}.ipynb")
    with pytest.raises(KeyFound) as refused:
        gather(store, named, None)
    assert "the name of the notebook's file" in str(refused.value)
    assert KEY not in str(refused.value) + repr(refused.value.args)


def test_the_own_key_is_found_whatever_it_looks_like(tmp_path: Path) -> None:
    notebook, store, _ = fox_notebook(tmp_path)
    saved(notebook, code_cell("key = 'swordfish-9'"))
    with pytest.raises(KeyFound):
        gather(store, notebook, Secret("swordfish-9"))


def test_a_random_forest_is_no_key(tmp_path: Path) -> None:
    notebook, store, _ = fox_notebook(tmp_path)
    saved(notebook, code_cell("rf_model_best = rf_grid_search_results_2024\nrf_test_score, whsec, rf_live"))
    gather(store, notebook, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("AKIAIOSFODNN7EXAMPLE", "a key of another service"),
        ("password: correct-horse", "a password"),
        ("Bearer abcdefghijklmnop1234", "a token"),
        ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
        ("see /home/ann/plans", "a folder of this machine"),
        ("see C:\\Users\\ann\\plans", "a folder of this machine"),
    ],
)
def test_what_looks_like_a_secret_is_told_of(tmp_path: Path, text: str, words: str) -> None:
    notebook, store, _ = fox_notebook(tmp_path)
    run = bought(store, 3, prompt=f"a fox {text}")
    saved(notebook, code_cell("1"), code_cell(f"%%nanobanana\na fox {text}"))
    said = going_out(gather(store, notebook, None))
    assert f"run {run[-6:]} looks as if it held {words}" in said
    assert f"cell 2 looks as if it held {words}" in said
    assert text not in said


def test_keys_of_others_are_told_of_wherever_they_stand(tmp_path: Path) -> None:
    """As `check` finds them: in outputs and metadata too, each cell once."""
    notebook, store, _ = fox_notebook(tmp_path)
    key = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"
    printed = {**code_cell("x"), "outputs": [{"output_type": "stream", "name": "stdout", "text": key}]}
    noted = {**code_cell(f"'{key}'"), "metadata": {"note": key}}
    saved(notebook, printed, noted)
    content = json.loads(notebook.read_text())
    notebook.write_text(json.dumps({**content, "metadata": {"service": key}}))
    remarks = [remark for remark in gather(store, notebook, None).remarks if "looks as if" in remark]
    places = ("cell 1", "cell 2", "the notebook's metadata")
    assert sorted(remarks) == [f"{place} looks as if it held a key of another service" for place in places]


def test_an_ordinary_prompt_is_not_told_of(tmp_path: Path) -> None:
    notebook, store, _ = fox_notebook(tmp_path)
    assert gather(store, notebook, None).remarks == ()


def readme_of(pack: Path) -> str:
    return entries(pack)["README.md"].decode()


def test_its_readme_says_which_originals_are_there_and_how_the_others_come_back(tmp_path: Path) -> None:
    notebook, store, runs = fox_notebook(tmp_path)
    target = tmp_path / "out.zip"
    first, second = store.index.runs(runs)
    assert "The originals are in it, as they were delivered." in readme_of(packed(notebook, store, target))
    small = readme_of(packed(notebook, store, target, previews_only=True))
    assert "It holds previews only" in small
    assert "brings those of a run back, for nothing, with the key of the account that made it." in small
    assert "sandbox runs" not in small
    first.images[0].path.unlink()
    some = readme_of(packed(notebook, store, target))
    assert "1 of 2 originals are in it, as they were delivered." in some
    assert f"- run {first.short} (1 of 1): %runflow show {first.short} --fetch brings it back, for nothing" in some
    assert "needs the key of the account that made them" in some
    assert f"- run {second.short}" not in some
    second.images[0].path.unlink()
    none = readme_of(packed(notebook, store, target))
    assert "The originals are not in it, only previews" in none
    assert f"- run {second.short} (1 of 1)" in none
    assert "as they were delivered" not in none


def test_its_readme_says_nothing_that_another_name_of_the_file_makes_untrue(tmp_path: Path) -> None:
    notebook, store, _ = fox_notebook(tmp_path)
    assert ".zip" not in readme_of(packed(notebook, store, tmp_path / "small.zip"))


def test_a_notebook_that_is_its_own_record_is_packed_with_its_previews(
    tmp_path: Path, there: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It came alone: nothing is written beside it, and what goes out is marked as what a look-up brings in is."""
    _, store, runs = fox_notebook(tmp_path / "first")
    small = [(run.preview.path.read_bytes() if run.preview else b"") for run in store.index.runs(runs)]
    cells = [code_cell("%%nanobanana\na red fox in the snow", store, [run]) for run in runs]
    for cell, data in zip(cells, small, strict=True):
        cell["outputs"][0]["data"]["image/jpeg"] = base64.b64encode(data).decode()
    alone = tmp_path / "alone"
    alone.mkdir()
    saved(alone / "fox.ipynb", *cells)
    before = tree(alone)
    monkeypatch.chdir(tmp_path)
    assert main(["pack", str(alone / "fox.ipynb")]) == 1
    refused = capsys.readouterr().err
    assert "has no finished runs on record" in refused
    assert "what its own saved outputs tell of 2 runs" in refused
    assert "--previews-only" in refused
    for name in ("one.zip", "two.zip"):
        assert main(["pack", str(alone / "fox.ipynb"), "--previews-only", "-o", name]) == 0
    assert "told by its own saved outputs alone, and go out marked so" in capsys.readouterr().out
    assert tree(alone) == before
    files = entries(tmp_path / "one.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert manifest_of(files)["runs"] == runs
    assert {event.get("from") for event in lines(files) if event["event"] != "input"} == {"notebook"}
    assert sorted(data for name, data in files.items() if "/previews/" in name) == sorted(small)
    monkeypatch.chdir(there)
    for done in ("Unpacked: fox.ipynb, 2 runs", "Nothing to do"):
        assert main(["unpack", str(tmp_path / "one.zip")]) == 0
        assert done in capsys.readouterr().out
    assert all(run.from_notebook for run in Store(there / ".runflow").index.runs(runs))


def test_runs_without_an_end_are_not_packed_from_the_notebook(tmp_path: Path) -> None:
    """They are on record here: the record knows better."""
    store = Store(tmp_path / ".runflow")
    store.journal.append(intent(store.new_id()))
    notebook = saved(tmp_path / "fox.ipynb", code_cell("1"))
    with source(store.root, notebook, previews_only=True) as found:
        assert found.root == store.root
    with pytest.raises(NotPacked, match="collect them first with runflow-nb resume"):
        gather(store, notebook, None, previews_only=True)


def test_a_notebook_without_runs_is_refused_with_the_way_on(tmp_path: Path) -> None:
    notebook = saved(tmp_path / "empty.ipynb", code_cell("1"))
    with pytest.raises(NotPacked, match=r"has no finished runs on record in .*\.runflow(.|\n)*--store FOLDER"):
        gather(Store(tmp_path / ".runflow"), notebook, None)


@pytest.mark.parametrize(
    ("name", "content"),
    [("fox.txt", "{}"), ("none.ipynb", None), ("torn.ipynb", '{"cells": ['), ("list.ipynb", "[]"), ("CON.ipynb", "{}")],
)
def test_what_is_no_notebook_is_refused(tmp_path: Path, name: str, content: str | None) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(NotPacked, match="Nothing was written"):
        gather(Store(tmp_path / ".runflow"), tmp_path / name, None)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError])
def test_stopped_on_the_way_nothing_is_left_and_an_older_pack_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    notebook, store, _ = fox_notebook(tmp_path / "here")
    older = packed(notebook, store, tmp_path / "out.zip").read_bytes()

    def stopped(path: Path) -> Any:
        return halfway(written(path), stop)

    monkeypatch.setattr(packing, "written", stopped)
    with pytest.raises((KeyboardInterrupt, NotPacked)):
        packed(notebook, store, tmp_path / "out.zip")
    assert (tmp_path / "out.zip").read_bytes() == older
    assert {path.name for path in tmp_path.iterdir()} == {"here", "out.zip"}


class halfway:  # noqa: N801 - a context manager, as the one it stands for
    """A pack that is stopped when half of it is written."""

    def __init__(self, inner: Any, stop: type[BaseException]) -> None:
        self._inner, self._stop = inner, stop

    def __enter__(self) -> Any:
        self._writer = self._inner.__enter__()
        return self

    def add(self, name: str, data: bytes) -> None:
        self._writer.add(name, data)

    def copy(self, *_: object) -> None:
        raise self._stop

    def __exit__(self, *error: Any) -> Any:
        return self._inner.__exit__(*error)


def test_a_picture_that_changes_meanwhile_stops_it(tmp_path: Path) -> None:
    notebook, store, runs = fox_notebook(tmp_path)
    contents = gather(store, notebook, None)
    store.index.runs(runs)[0].images[0].path.write_bytes(b"another")
    with pytest.raises(NotPacked, match="changed while it was packed"):
        packing.pack(contents, tmp_path / "out.zip", lambda _: "", "test")
    assert not (tmp_path / "out.zip").exists()


def test_another_file_in_its_place_is_left_alone(tmp_path: Path) -> None:
    notebook, store, _ = fox_notebook(tmp_path)
    (tmp_path / "out.zip").write_text("mine")
    with pytest.raises(NotPacked, match="is something else"):
        packed(notebook, store, tmp_path / "out.zip")
    assert (tmp_path / "out.zip").read_text() == "mine"


def test_the_command_says_what_goes_out_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook, store, _ = fox_notebook(tmp_path / "here")
    store.close()
    monkeypatch.chdir(tmp_path)
    assert main(["pack", str(notebook), "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "2 runs of the journal, 2 originals, 1 picture that went in, 2 previews" in told
    assert not (tmp_path / "fox.runflow.zip").exists()
    assert main(["pack", str(notebook)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(told)
    assert "runflow-nb unpack fox.runflow.zip" in said
    assert manifest_of(entries(tmp_path / "fox.runflow.zip"))["tool"].startswith("runflow_nb ")
    assert main(["pack", str(notebook)]) == 0
    assert "in place of" not in capsys.readouterr().out
    assert main(["pack", str(notebook), "--previews-only"]) == 0
    assert "in place of the other pack that lay there" in capsys.readouterr().out


def test_the_page_holds_nothing_that_acts_and_nothing_from_elsewhere(tmp_path: Path) -> None:
    notebook, store, runs = fox_notebook(tmp_path)
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    run = bought(store, 3, prompt=evil, metadata={"a": evil})
    markdown = {"cell_type": "markdown", "metadata": {}, "source": evil}
    saved(tmp_path / "fox.ipynb", markdown, code_cell(f"%%nanobanana\n{evil}", store, [run]))
    page = entries(packed(notebook, store, tmp_path / "out.zip"))["index.html"].decode()
    assert "<script" not in page
    assert "onerror=alert(1)&gt;" in page
    assert "http://" not in page
    assert "https://" not in page
    assert page.count("<img ") == 4, "three previews, and the picture that one was made from"
    assert "Also on record" in page
    assert 'alt="a red fox in the snow"' in page
    assert all(run[-6:] in page or run in page for run in runs)
