"""The example notebooks are tests: nbval runs each in a real kernel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_nbval_passes(notebook: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "RUNFLOW_NB_STORE": str(tmp_path / ".runflow"), "PYTHONPATH": str(ROOT)}
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull,
        "--nbval-lax", "--nbval-current-env", str(notebook),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
