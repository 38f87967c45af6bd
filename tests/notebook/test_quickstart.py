"""The example notebook, executed as people execute notebooks: once, and again after a restart."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from runflow_nb.demo import NOTEBOOK, source


def execute(folder: Path, **variables: str) -> Any:
    """The notebook as it is saved after all cells were run in a new kernel."""
    notebook = nbformat.read(source(), as_version=4)
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


def test_restart_and_run_all_changes_nothing(tmp_path: Path) -> None:
    """Twice more, with the network forbidden: every output is byte for byte what it was when it was bought."""
    first = execute(tmp_path)
    saved = [json.dumps(cell.outputs, sort_keys=True) for cell in first.cells if cell.cell_type == "code"]
    assert sum("image/jpeg" in cell for cell in saved) >= 5
    for _ in range(2):
        again = execute(tmp_path, RUNFLOW_NB_REUSE="only")
        assert [json.dumps(c.outputs, sort_keys=True) for c in again.cells if c.cell_type == "code"] == saved
    size = len(nbformat.writes(first))
    assert size < 130_000 * sum("image/jpeg" in cell for cell in saved)
