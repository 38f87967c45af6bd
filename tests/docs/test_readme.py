"""What README and the pages beside it say works, as it stands there."""

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
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = [
    line
    for page in PAGES
    for block in re.findall(r"^```bash\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
"""Every line of a shell that a page shows."""
SERVING = sorted({line for line in COMMANDS if line.startswith("runflow-nb sandbox")})
PROVING = sorted({line for line in COMMANDS if line.startswith(".venv/bin/python")})
LINKS = sorted(
    {
        (page.relative_to(ROOT).as_posix(), link)
        for page in PAGES
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
    }
)


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
    assert len(settings) == 7
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


def test_a_notebook_is_handed_on_as_it_says(tmp_path: Path) -> None:
    """Packed here, and unpacked elsewhere, by the commands as they stand."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    cells = [PYTHON[0], next(cell for cell in PYTHON if "-o fox" in cell)]
    nbformat.write(execute(cells, here), here / "fox.ipynb")
    commands = [shlex.split(line) for line in dict.fromkeys(COMMANDS) if re.match(r"runflow-nb \w+ fox\.", line)]
    assert [command[1] for command in commands] == ["history", "cost", "check", "pack", "unpack"]
    for command in commands:
        folder = there if command[1] == "unpack" else here
        words = [sys.executable, "-m", "runflow_nb.cli", *command[1:]]
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        if command[1] == "pack":
            (here / "fox.runflow.zip").rename(there / "fox.runflow.zip")
    assert (there / "fox.ipynb").read_bytes() == (here / "fox.ipynb").read_bytes()
    assert list((there / ".runflow").glob("images/*/*.png"))


@pytest.mark.parametrize("command", SERVING)
def test_the_sandbox_commands_serve(command: str) -> None:
    words = shlex.split(command)
    words[words.index("--port") + 1] = "0"
    program = subprocess.Popen(
        [sys.executable, "-m", "runflow_nb.cli", *words[1:]], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    try:
        assert re.fullmatch(r"Runflow sandbox listening on http://127\.0\.0\.1:\d+\n", program.stdout.readline())
    finally:
        program.terminate()
        program.communicate(timeout=10)


@pytest.mark.parametrize("command", [command for command in PROVING if " pytest " not in command])
def test_each_proof_is_a_command(command: str) -> None:
    """What it does is done by the suite and in CI; here is that each command is one, with its options."""
    program, *words = shlex.split(command)
    assert program == ".venv/bin/python"
    done = subprocess.run([sys.executable, *words, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    options = [word for word in words if word.startswith("--")]
    assert done.returncode == 0, done.stderr
    assert all(option in done.stdout for option in options)


@pytest.mark.thorough
def test_each_proof_by_pytest_finds_its_tests() -> None:
    """All in one go: to collect is what takes long."""
    proofs = [shlex.split(command)[3:] for command in PROVING if " pytest " in command]
    selections = {tuple(words[:2]) for words in proofs}
    files = [word for words in proofs for word in words[2:]]
    ((option, selection),) = selections
    asked = [option, selection, *files, "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *asked], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(f"{file}::" in done.stdout for file in files)


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_every_local_link_leads_somewhere(page: str, link: str) -> None:
    assert ((ROOT / page).parent / link).exists()
