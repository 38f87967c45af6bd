"""The command line: what it prints, and that the demo does what README says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from runflow_nb.cli import main

ROOT = Path(__file__).parents[1]


def runflow_nb(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "RUNFLOW_API_KEY": "rf_live_never_used", "COLUMNS": "100"}
    command = [sys.executable, "-m", "runflow_nb.cli", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=110)


def test_the_demo_runs_every_cell_and_says_where_the_result_lies(tmp_path: Path) -> None:
    """In a kernel of its own, against the sandbox, whatever the shell is set up for."""
    done = runflow_nb(tmp_path, "demo")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = re.findall(r"^ +(\d+)/(\d+)  (.+?) +\d+\.\d s$", done.stdout, re.MULTILINE)
    assert [int(number) for number, _, _ in lines] == list(range(1, int(lines[0][1]) + 1))
    for name in ("01_quickstart.ipynb", "01_quickstart.html"):
        assert f"runflow-demo/{name}" in done.stdout
        assert (tmp_path / "runflow-demo" / name).stat().st_size > 100_000
    originals = [*(tmp_path / "runflow-demo" / ".runflow" / "images").rglob("*.png")]
    assert len(originals) >= 10, "made, not shown from what the example has on record"
    page = (tmp_path / "runflow-demo" / "01_quickstart.html").read_text(encoding="utf-8")
    descriptions = re.findall(r'<img alt="([^"]*)"', page)
    assert descriptions[0] == "A red fox in a flowering meadow at sunrise, flat illustration"
    assert "No description" not in page
    assert "rf_live_never_used" not in (tmp_path / "runflow-demo" / "01_quickstart.ipynb").read_text()


@pytest.mark.parametrize(
    "arguments", [["--help"], ["sandbox", "--help"], ["demo", "--help"], ["pack", "--help"], ["unpack", "--help"]]
)
def test_every_verb_has_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert "usage: runflow-nb" in capsys.readouterr().out


def test_an_unknown_verb_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sandbx"])
    assert ended.value.code == 2
    assert "sandbx" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["demo", f"{tmp_path}/file/demo"]) == 1
    assert "Not run: " in capsys.readouterr().err
