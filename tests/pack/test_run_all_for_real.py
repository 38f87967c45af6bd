"""What pack and unpack say of Run All, held against a Run All: in a kernel, at a sandbox."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

from runflow_nb.record.notebook_file import MIME

from .clean_room import ROOT
from .test_clean_room import command_line

pytestmark = pytest.mark.thorough
FOX = "%%nanobanana -r 0.5K -o fox\nA red fox in a flowering meadow at sunrise"
CELLS = [
    "%load_ext runflow_nb",
    FOX,
    "%nanobanana -i fox -r 0.5K --seed 8 the same fox at dusk",
    "%nanobanana -i photo.png -r 0.5K --seed 9 a gradient with an owl",
    "%nanobanana -r 0.5K an owl on a roof",
    "%nanobanana -r 0.5K --quiet a quiet owl",
    "season = 'spring'",
    "%nanobanana -r 0.5K a village in {{ season }}",
]


def ran(path: Path, *sources: str) -> list[list[str]]:
    """Run all of a notebook, saved as that, or made of these cells; the runs that each cell shows."""
    if sources:
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=40"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    environment = {"RUNFLOW_BASE_URL": "sandbox", "PYTHONPATH": str(ROOT), "JPY_SESSION_NAME": str(path)}
    client.execute(env={**os.environ, **environment})
    nbformat.write(notebook, path)
    return shown(notebook)


def shown(notebook: Any) -> list[list[str]]:
    """The runs that each cell shows."""
    records = [[out["data"][MIME] for out in cell.outputs if MIME in out.get("data", {})] for cell in notebook.cells]
    return [[run["id"] for record in cell for run in record["runs"]] for cell in records]


def told_of(text: str) -> set[int]:
    """The cells, counted from 0, that the command line tells of."""
    return {int(number) - 1 for number in re.findall(r"\bcell (\d+) \(", text)}


def test_the_cells_that_are_told_of_are_those_that_show_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNFLOW_BASE_URL", "sandbox")
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    Image.linear_gradient("L").save(here / "photo.png")
    notebook = here / "foxes.ipynb"
    ran(notebook, *CELLS)
    content = nbformat.read(notebook, as_version=4)
    content.cells[4].source = "%nanobanana -r 0.5K an owl on a tower"
    content.cells.append(nbformat.v4.new_code_cell("%nanobanana -r 0.5K a cell that was never run"))
    nbformat.write(content, notebook)
    before = shown(content)

    noted = command_line(tmp_path, "pack", str(notebook))
    assert told_of(noted) == {4, 8}

    Image.radial_gradient("L").save(there / "photo.png")
    (own,) = ran(there / "mine.ipynb", "%load_ext runflow_nb", FOX)[1]
    said = command_line(there, "unpack", str(tmp_path / "foxes.runflow.zip"))
    assert "Run All costs nothing" not in said
    after = ran(there / "foxes.ipynb")
    assert after[1] == [own]
    # The picture that went into cell 3 is another now, since cell 2 shows another.
    assert {number for number, runs in enumerate(after) if runs != before[number]} == {1, 2, 3, 4, 8}
    assert told_of(said) == {1, 3, 4, 8}


def test_where_nothing_is_told_of_nothing_is_bought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNFLOW_BASE_URL", "sandbox")
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    Image.linear_gradient("L").save(here / "photo.png")
    before = ran(here / "foxes.ipynb", *CELLS)
    assert not told_of(command_line(tmp_path, "pack", str(here / "foxes.ipynb"), "--previews-only"))
    said = command_line(there, "unpack", str(tmp_path / "foxes.runflow.zip"))
    assert "Run All costs nothing" in said
    assert not told_of(said)
    journal = there / ".runflow" / "journal"
    lines = {path.name: path.read_bytes() for path in journal.iterdir()}
    assert ran(there / "foxes.ipynb") == before
    assert {path.name: path.read_bytes() for path in journal.iterdir()} == lines
