"""What README says works, as it stands there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
BASH = re.findall(r"^```bash\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def execute(cells: list[str], folder: Path) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    environment = {**os.environ, "RUNFLOW_NB_NOTEBOOK": str(folder / "readme.ipynb"), "PYTHONPATH": str(ROOT)}
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute(
        env=environment
    )
    return notebook


def test_every_cell_runs_in_order(tmp_path: Path) -> None:
    """All Python blocks, from the first to the last, in one kernel against the sandbox."""
    assert len(PYTHON) >= 8
    settings = re.findall(r"`(%runflow config \S+|%config Runflow\.\S+ = \"\w+\")`", README)
    assert len(settings) == 5
    executed = execute([*PYTHON, "%runflow history", *settings, "%runflow config"], tmp_path)
    shown = [output.data for cell in executed.cells for output in cell.outputs if "data" in output]
    assert sum("image/jpeg" in data for data in shown) >= 4
    assert (tmp_path / "night.png").exists()


@pytest.mark.parametrize(("mark", "number"), [("demo", 0), ("tests", 1)])
def test_ci_runs_the_two_commands_as_they_stand(mark: str, number: int) -> None:
    """CI takes both commands out of README; here is that it finds them."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    function = next(line for line in script.splitlines() if line.startswith("readme()"))
    assert f"$(readme {mark})" in script
    found = subprocess.run(["bash", "-c", f"{function}\nreadme {mark}"], cwd=ROOT, capture_output=True, text=True)
    assert found.stdout == BASH[number]


@pytest.mark.parametrize("number", [2, 3], ids=["sandbox", "faults"])
def test_the_sandbox_commands_serve(number: int) -> None:
    command = shlex.split(BASH[number])
    assert command[:2] == ["runflow-nb", "sandbox"]
    command[command.index("--port") + 1] = "0"
    program = subprocess.Popen(
        [sys.executable, "-m", "runflow_nb.cli", *command[1:]], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    try:
        assert re.fullmatch(r"Runflow sandbox listening on http://127\.0\.0\.1:\d+\n", program.stdout.readline())
    finally:
        program.terminate()
        program.communicate(timeout=10)


@pytest.mark.parametrize("command", [line for line in BASH[4].splitlines() if line])
def test_each_proof_is_a_command(command: str) -> None:
    """What it attacks is run by the suite and in CI; here is that each command finds its tests, or its options."""
    program, *words = shlex.split(command)
    assert program == ".venv/bin/python"
    words += ["--collect-only", "-q", "-p", "no:cacheprovider"] if words[1] == "pytest" else ["--help"]
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
def test_every_local_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
