"""The example notebook, executed as people execute notebooks: once, and again after a restart."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from runflow_nb.cli.demo import NOTEBOOK, source

NEVER_ASKED = (
    "from runflow_nb import calls\nassert calls._sandbox is None, 'the sandbox was started: something was asked of it'"
)


def execute(folder: Path, *more: str, **variables: str) -> Any:
    """The notebook as it is saved after all cells, and `more`, were run in a new kernel."""
    notebook = nbformat.read(source(), as_version=4)
    notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in more]
    environment = {
        **os.environ,
        "IPYTHONDIR": str(folder / "ipython"),
        "RUNFLOW_NB_NOTEBOOK": str(folder / NOTEBOOK),
        **variables,
    }
    client = NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(folder)}}, record_timing=False
    )
    client.execute(env=environment)
    return notebook


def saved_outputs(notebook: Any) -> list[str]:
    return [json.dumps(cell.outputs, sort_keys=True) for cell in notebook.cells if cell.cell_type == "code"]


def test_restart_and_run_all_changes_nothing(tmp_path: Path) -> None:
    """Twice more, once as a reader and once connected: no request, every output byte for byte what it was."""
    first = execute(tmp_path)
    saved = saved_outputs(first)
    assert sum("image/jpeg" in cell for cell in saved) >= 5
    for variables in ({"RUNFLOW_NB_REUSE": "only"}, {}):
        again = execute(tmp_path, NEVER_ASKED, **variables)
        assert saved_outputs(again)[:-1] == saved
    size = len(nbformat.writes(first))
    assert size < 130_000 * sum("image/jpeg" in cell for cell in saved)
