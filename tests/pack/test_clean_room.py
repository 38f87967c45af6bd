"""Packed here, and seen there: another folder, home and environment, no key, and no network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

from .clean_room import ROOT, WATCH

pytestmark = pytest.mark.thorough
CELLS = [
    "%load_ext runflow_nb",
    "%%nanobanana -r 0.5K -a 3:2 -o fox\nA red fox in a flowering meadow at sunrise, flat illustration",
    "%nanobanana -i fox -r 0.5K --seed 8 -o dusk the same fox at dusk",
    "%nanobanana -i photo.png -r 0.5K --seed 9 -n 2 a gradient with an owl",
]


def isolating() -> list[str]:
    """The command that starts another without a network; none where this machine does not let people do that."""
    command = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None or subprocess.run([*command, "true"], capture_output=True).returncode:
        return []
    return command


def bought_here(folder: Path, told: bool) -> Path:
    """The notebook as its author saves it, with a picture beside it. `told`: whether a front end tells its path."""
    Image.linear_gradient("L").save(folder / "photo.png")
    path = folder / "foxes.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    environment = {**os.environ, "RUNFLOW_BASE_URL": "sandbox", "PYTHONPATH": str(ROOT)}
    if told:
        environment["JPY_SESSION_NAME"] = str(path)
    client = NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=40"],
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env=environment)
    nbformat.write(notebook, path)
    return path


def command_line(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "runflow_nb.cli", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def seen_there(pack: Path, home: Path) -> dict[str, Any]:
    """What a person sees who has the pack and nothing else."""
    folder, first = home / "work", home / "first"
    for each in (folder, first):
        each.mkdir(parents=True)
    (first / "sitecustomize.py").write_text(WATCH)
    (home / "sockets").touch()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": f"{first}{os.pathsep}{ROOT}",
        "SOCKETS_SEEN": str(home / "sockets"),
        "RUNFLOW_NB_REUSE": "only",
    }
    command = [*isolating(), sys.executable, "-m", "tests.pack.clean_room", str(pack), str(folder)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("how", ["whole", "previews-only", "headless"])
def test_run_all_elsewhere_shows_the_same_byte_for_byte(tmp_path: Path, how: str) -> None:
    (tmp_path / "here").mkdir()
    notebook = bought_here(tmp_path / "here", told=how != "headless")
    flags = ["--previews-only"] if how == "previews-only" else []
    command_line(tmp_path, "pack", str(notebook), *flags)
    shutil.rmtree(tmp_path / "here")
    told = seen_there(tmp_path / "foxes.runflow.zip", tmp_path / "home")
    saved = nbformat.read(tmp_path / "home" / "work" / "foxes.ipynb", as_version=4)
    if isolating():
        assert told["interfaces"] == ["lo"]
    assert told["said"].startswith("Unpacked: foxes.ipynb, 3 runs, ")
    assert "Run All costs nothing" in told["said"]
    assert not (tmp_path / "home" / "work" / "photo.png").exists()

    expected = [cell.outputs for cell in saved.cells]
    assert [len(outputs) for outputs in expected] == [0, 2, 2, 2]
    assert told["ran"] == expected

    _, rewritten, another, history, cost = told["edited"]
    assert rewritten == expected[3]
    (refused,) = another
    assert refused["output_type"] == "error"
    assert "Not on record" in "\n".join(refused["traceback"])
    assert "$" in "\n".join(refused["traceback"])
    assert history[0]["text"] == "3 {'sandbox': Decimal('0.24')}\n"
    assert "$0.24" in json.dumps(cost)
    assert "3 runs, cost $0.24 play money" in told["history"]
    assert "$0.24" in told["cost"]
    assert "Nothing was found amiss" in told["check"]
    assert ("Previews only" in told["check"]) == (how == "previews-only")

    assert told["sockets"] == ["watching", "watching"]
