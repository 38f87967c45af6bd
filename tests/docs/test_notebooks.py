"""The example notebooks are tests: each is run as people run notebooks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CONNECT = "%runflow connect sandbox"
each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


def run(folder: Path, *command: str) -> None:
    """One of the runners, as a program of its own."""
    environment = {
        **os.environ,
        "RUNFLOW_NB_STORE": str(folder / ".runflow"),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stdout + done.stderr


def as_written(notebook: Path, folder: Path) -> Path:
    """A copy without outputs: with them it would show what they have on record, and make nothing."""
    saved = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in saved["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    copy = folder / notebook.name
    copy.write_text(json.dumps(saved), encoding="utf-8")
    return copy


def pictures(notebook: Path) -> list[int]:
    """How many pictures each code cell holds."""
    cells = [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    return [sum("image/jpeg" in output.get("data", {}) for output in cell["outputs"]) for cell in cells]


@each_notebook
def test_nbval_passes(notebook: Path, tmp_path: Path, sandbox: EmbeddedSandbox) -> None:
    """Against a sandbox that ends every run at once; the other runners take the notebook as it stands."""
    copy = as_written(notebook, tmp_path)
    text = copy.read_text(encoding="utf-8")
    assert CONNECT in text
    copy.write_text(text.replace(CONNECT, f"%runflow connect {sandbox.url}"), encoding="utf-8")
    run(
        tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull,
        "--nbval-lax", "--nbval-current-env", notebook.name,
    )  # fmt: skip
    assert sandbox.book.runs


@pytest.mark.thorough
@each_notebook
def test_nbclient_and_papermill_show_the_same_pictures(notebook: Path, tmp_path: Path) -> None:
    """As many in each cell as in the notebook that is committed."""
    as_written(notebook, tmp_path)
    run(tmp_path, "papermill", "--no-progress-bar", notebook.name, "papermill.ipynb", "--cwd", str(tmp_path))
    run(tmp_path, "nbconvert", "--to", "notebook", "--execute", "--output", "nbclient.ipynb", notebook.name)
    expected = pictures(notebook)
    assert sum(expected) >= 5
    assert [pictures(tmp_path / name) for name in ("papermill.ipynb", "nbclient.ipynb")] == [expected] * 2


@pytest.mark.thorough
@each_notebook
def test_as_it_is_committed_it_shows_what_it_has_on_record(notebook: Path, tmp_path: Path) -> None:
    """Run All makes nothing, also where the runner does not say which notebook it is."""
    shutil.copy(notebook, tmp_path)
    run(tmp_path, "nbconvert", "--to", "notebook", "--execute", "--output", "again.ipynb", notebook.name)
    assert pictures(tmp_path / "again.ipynb") == pictures(notebook)
    assert not [*(tmp_path / ".runflow" / "images").glob("*/*.png")]


@each_notebook
def test_what_is_committed_was_run_and_tells_nothing_of_a_machine(notebook: Path) -> None:
    """Each cell has its number, no cell ended in an error, and no path of anybody's disk is in it."""
    text = notebook.read_text(encoding="utf-8")
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell["outputs"] if output["output_type"] in ("error", "stream")]
    for place in ("/home/", "/root/", "/tmp/", "/work/", "/Users/", "C:\\\\"):
        assert place not in text
    # A page without the kernel would say in each widget's place that it failed: here the words beside it are shown.
    assert "widget-view" not in text
