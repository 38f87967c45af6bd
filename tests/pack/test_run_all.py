"""What Run All would buy in a notebook that is handed on, or show otherwise: said by pack and by unpack, never hidden
behind "costs nothing"."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.cli import main
from runflow_nb.record.run import Run
from runflow_nb.record.store import Store

from .forging import forged, journal_name
from .made import bought, code_cell, entries, picture, saved

FREE = "Run All costs nothing"
FOX = "%%nanobanana\na red fox in the snow"
NIGHT = "%%nanobanana -i photo.png\nthe same at night"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What the command line says in a folder."""
    for name in ("RUNFLOW_API_KEY", "RUNFLOW_BASE_URL", "RUNFLOW_NB_STORE", "RUNFLOW_NB_REUSE"):
        monkeypatch.delenv(name, raising=False)

    def ask(folder: Path, *arguments: object) -> str:
        monkeypatch.chdir(folder)
        assert main([str(each) for each in arguments]) == 0
        return capsys.readouterr().out

    return ask


@pytest.fixture
def here(tmp_path: Path) -> Store:
    """The store of whoever packs."""
    return Store(tmp_path / "here" / ".runflow")


def of_two(store: Store, *more: dict[str, Any], first: str = FOX, second: str = NIGHT) -> Path:
    """A notebook whose cells show a run each, the second made from a local picture."""
    fox = bought(store, 1)
    night = bought(store, 2, prompt="the same at night", given={"photo.png": picture(99)})
    cells = [code_cell(first, store, [fox]), code_cell(second, store, [night]), *more]
    return saved(store.root.parent / "fox.ipynb", *cells)


def fox_run(store: Store) -> Run:
    return next(run for run in store.index.query() if run.prompt == "a red fox in the snow")


def readme_of(pack: Path) -> str:
    return " ".join(entries(pack)["README.md"].decode().split())


def noted(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("note: cell")]


def test_where_nothing_would_be_bought_both_say_so_and_nothing_else(
    here: Store, there: Path, tmp_path: Path, said: Callable[..., str]
) -> None:
    told = said(tmp_path, "pack", of_two(here))
    assert not noted(told)
    assert "Run All costs nothing: no key, no account and no network" in readme_of(tmp_path / "fox.runflow.zip")
    assert said(there, "unpack", tmp_path / "fox.runflow.zip").splitlines()[1:] == [
        "jupyter lab fox.ipynb",
        "Run All costs nothing, and needs no key; %runflow config reuse=only in a cell makes sure of it.",
    ]


BUYING = [
    (FOX.replace("fox", "hare"), True, "differ in the prompt. Run it to show, or buy"),
    (f"%%nanobanana --take new\n{FOX.partition(chr(10))[2]}", True, "asks for a new take. Give the number"),
    (FOX.replace("fox", "hare"), False, "no run of it is on record: Run All buys it. Run it, save, and pack again"),
    ("%nanobanana a {{ beast }} in the snow", False, "only a kernel can tell whether one is on record"),
    ("for n in range(2):\n    %nanobanana -i photo.png another at night", False, "only a kernel can tell"),
    ("%nanobanana -i fox the same at dusk", False, "only a kernel can tell"),
]


@pytest.mark.parametrize(("source", "shows", "words"), BUYING)
def test_a_cell_that_would_buy_is_told_of_when_it_is_packed_and_when_it_arrives(
    here: Store, there: Path, tmp_path: Path, said: Callable[..., str], source: str, shows: bool, words: str
) -> None:
    notebook = of_two(here)
    content = json.loads(notebook.read_text())
    content["cells"].append(code_cell(source, here, [fox_run(here).id] if shows else []))
    notebook.write_text(json.dumps(content))
    (note,) = noted(said(tmp_path, "pack", notebook))
    assert "cell 3 (" in note
    assert words in note
    readme = readme_of(tmp_path / "fox.runflow.zip")
    assert "may buy, or show otherwise than it was saved, in cell 3; `runflow-nb unpack` tells" in readme
    assert FREE not in readme
    arrived = said(there, "unpack", tmp_path / "fox.runflow.zip")
    assert FREE not in arrived
    assert "Run All may buy, or show otherwise than it was saved" in arrived
    assert words.partition(". ")[0] in arrived


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("%runflow config resolution=0.5K", "only a kernel can tell"),
        ("%config Runflow.resolution = '0.5K'", "only a kernel can tell"),
        ("%runflow config reuse=only", "no run of it is on record"),
    ],
)
def test_what_a_notebook_sets_for_its_cells_is_left_open(
    here: Store, tmp_path: Path, said: Callable[..., str], setting: str, words: str
) -> None:
    (note,) = noted(said(tmp_path, "pack", of_two(here, code_cell(setting), code_cell("%nanobanana a hare"))))
    assert "cell 4 (" in note
    assert words in note


@pytest.mark.parametrize(
    "source",
    [
        "%nanobanana a red fox in the snow",
        NIGHT,
        "%nanobanana --estimate a hare",
        "%nanobanana --help",
        "print('%nanobanana a hare')",
    ],
)
def test_a_cell_without_outputs_whose_run_is_on_record_or_that_buys_nothing_is_not_told_of(
    here: Store, there: Path, tmp_path: Path, said: Callable[..., str], source: str
) -> None:
    """As a notebook is whose outputs were stripped."""
    notebook = of_two(here, code_cell(source))
    assert not noted(said(tmp_path, "pack", notebook))
    assert FREE in said(there, "unpack", tmp_path / "fox.runflow.zip")


def test_a_seed_that_was_drawn_may_be_asked_for_by_name(here: Store, tmp_path: Path, said: Callable[..., str]) -> None:
    run = bought(here, 1, seed_sent=7)
    cell = code_cell("%%nanobanana --seed 7\na red fox in the snow", here, [run])
    assert not noted(said(tmp_path, "pack", saved(here.root.parent / "fox.ipynb", cell)))


def test_another_picture_of_that_name_where_it_arrives(
    here: Store, there: Path, tmp_path: Path, said: Callable[..., str]
) -> None:
    """Where the same one lies, or none, its cell costs nothing."""
    pack = tmp_path / "fox.runflow.zip"
    said(tmp_path, "pack", of_two(here))
    (there / "photo.png").write_bytes(picture(100))
    arrived = said(there, "unpack", pack)
    assert FREE not in arrived
    assert "  text differs  cell 2 (" in arrived
    assert "differ in the pictures that go in" in arrived
    assert "cell 1 (" not in arrived
    (there / "photo.png").write_bytes(picture(99))
    assert FREE in said(there, "unpack", pack)


def test_one_s_own_run_of_the_same_request_stands_before_the_one_handed_on(
    here: Store, there: Path, tmp_path: Path, said: Callable[..., str]
) -> None:
    notebook = of_two(here)
    said(tmp_path, "pack", notebook)
    store = Store(there / ".runflow")
    own = bought(store, 11, notebook="mine.ipynb")
    store.close()
    arrived = said(there, "unpack", tmp_path / "fox.runflow.zip")
    coming = fox_run(here)
    assert f"run {coming.short} is take 2 here (was 1)" in arrived
    assert f"which is take 2 here, and asks for take 1: Run All shows run {own[-6:]} instead" in arrived
    assert f"--take 2 in its text shows run {coming.short}" in arrived
    assert "record differs" not in arrived
    assert FREE not in arrived
    assert "asks for take 1" in said(there, "unpack", tmp_path / "fox.runflow.zip")
    # Done as it says, and not run yet.
    content = json.loads((there / "fox.ipynb").read_text())
    content["cells"][0]["source"] = ["%%nanobanana --take 2\n", "a red fox in the snow"]
    (there / "fox.ipynb").write_text(json.dumps(content))
    assert not noted(said(tmp_path, "pack", there / "fox.ipynb", "--output", tmp_path / "again.zip"))
    # Handed on without it, take 1 is not there.
    shutil.copy(notebook, there)
    assert "asks for take 1: Run All buys another" in said(there, "pack", there / "fox.ipynb", "--dry-run")


def test_prices_that_were_changed_on_the_way_are_told_of(
    here: Store, there: Path, tmp_path: Path, said: Callable[..., str]
) -> None:
    said(tmp_path, "pack", of_two(here))

    def cheaper(files: dict[str, bytes]) -> dict[str, bytes]:
        name = journal_name(files)
        lines = files.pop(name).replace(b'"cost":"0.08"', b'"cost":"0.01"')
        return {**files, name: lines}

    arrived = said(there, "unpack", forged(tmp_path / "fox.runflow.zip", cheaper))
    assert arrived.count("  record differs  cell ") == 2
    assert "the journal tells otherwise of it: cost 0.08 (on record 0.01)" in arrived
    assert FREE not in arrived


def test_another_store_is_named_for_the_notebook(
    here: Store, there: Path, tmp_path: Path, said: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said(tmp_path, "pack", of_two(here))
    hint = f"set RUNFLOW_NB_STORE={there / 'mystore'} first"
    assert hint in said(there, "unpack", tmp_path / "fox.runflow.zip", "--store", "mystore")
    assert "RUNFLOW_NB_STORE" not in said(there, "unpack", tmp_path / "fox.runflow.zip", "--store", ".runflow")
    monkeypatch.setenv("RUNFLOW_NB_STORE", str(there / "mystore"))
    assert "RUNFLOW_NB_STORE" not in said(there, "unpack", tmp_path / "fox.runflow.zip", "--store", "mystore")


def test_where_another_api_is_connected_nothing_of_it_is_on_record(
    here: Store, there: Path, tmp_path: Path, said: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = tmp_path / "fox.runflow.zip"
    said(tmp_path, "pack", of_two(here))
    monkeypatch.setenv("RUNFLOW_BASE_URL", "sandbox")
    arrived = said(there, "unpack", pack)
    assert "its runs come from live, and this machine is connected to sandbox: Run All buys there" in arrived
    assert FREE not in arrived
    monkeypatch.setenv("RUNFLOW_NB_REUSE", "only")
    assert FREE in said(there, "unpack", pack)
    monkeypatch.delenv("RUNFLOW_NB_REUSE")
    monkeypatch.delenv("RUNFLOW_BASE_URL")
    monkeypatch.setenv("RUNFLOW_API_KEY", "swordfish-9")
    assert FREE in said(there, "unpack", pack)


def test_a_notebook_that_connects_by_itself_is_where_its_runs_are(
    here: Store, there: Path, tmp_path: Path, said: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said(tmp_path, "pack", of_two(here, code_cell("%runflow connect live")))
    monkeypatch.setenv("RUNFLOW_BASE_URL", "sandbox")
    assert FREE in said(there, "unpack", tmp_path / "fox.runflow.zip")


def test_the_same_store_and_notebook_are_the_same_bytes_whatever_lies_beside_them(
    here: Store, tmp_path: Path, said: Callable[..., str]
) -> None:
    notebook = of_two(here, code_cell("%nanobanana a hare"))
    said(tmp_path, "pack", notebook, "-o", "one.zip")
    (notebook.parent / "photo.png").write_bytes(picture(100))
    said(tmp_path, "pack", notebook, "-o", "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
