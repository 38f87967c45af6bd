"""`runflow-nb check` with several things at once, and as a hook of pre-commit."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from runflow_nb.cli import main

from .conftest import Bought
from .made import KEY, cell_of, code, error, notebook

ROOT = Path(__file__).parents[2]


def test_several_things_at_once_each_under_its_name(bought: Bought, capsys: pytest.CaptureFixture[str]) -> None:
    """The worst of them is the exit status; what has no findings is passed over with --quiet."""
    clean = notebook(bought.folder / "clean.ipynb", [cell_of(bought.runs["an owl"])])
    broken = notebook(bought.folder / "broken.ipynb", [code("buy()", error("NoKey"))])
    no_notebook = bought.folder / "none.ipynb"
    no_notebook.write_text("<<<<<<< HEAD")
    assert main(["check", str(clean), str(bought.root)]) == 0
    assert capsys.readouterr().out.count("Nothing was found amiss.") == 2
    assert main(["check", "--quiet", str(clean), str(bought.root)]) == 0
    assert capsys.readouterr().out == ""
    assert main(["check", "-q", str(clean), str(broken)]) == 1
    said = capsys.readouterr().out
    assert "broken.ipynb\nsaved error  cell 1 (buy()): " in said
    assert "clean.ipynb" not in said
    assert main(["check", "-q", str(no_notebook), str(broken), str(bought.folder / "gone.ipynb")]) == 2
    told = capsys.readouterr()
    assert "saved error" in told.out
    assert "none.ipynb is no JSON" in told.err
    assert "gone.ipynb" in told.err


def test_the_same_as_json(bought: Bought, capsys: pytest.CaptureFixture[str]) -> None:
    broken = notebook(bought.folder / "broken.ipynb", [code("buy()", error("NoKey"))])
    assert main(["check", "--json", str(bought.folder), str(broken)]) == 1
    store, (kind, findings) = ((one["kind"], one["findings"]) for one in json.loads(capsys.readouterr().out)["checked"])
    assert store == ("store", [])
    assert kind == "notebook"
    (finding,) = findings
    assert finding.keys() == {"kind", "where", "what", "remedy"}
    assert finding["kind"] == "saved error"


def test_a_key_in_the_name_of_a_file_of_a_store_is_not_repeated(
    bought: Bought, capsys: pytest.CaptureFixture[str]
) -> None:
    (bought.root / "images" / f"{KEY}.png").write_bytes(b"")
    assert main(["check", str(bought.root)]) == 1
    assert "stray file  images/(key).png: " in capsys.readouterr().out


def test_another_store_can_be_named(bought: Bought, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = notebook(tmp_path / "fox.ipynb", [cell_of(bought.runs["an owl"])])
    assert main(["check", str(path)]) == 0
    assert "no store beside it" in capsys.readouterr().out
    assert main(["check", str(path), "--store", str(bought.root)]) == 0
    assert "held against its store" in capsys.readouterr().out


def test_the_hook_stops_a_commit(bought: Bought, tmp_path: Path) -> None:
    """Its entry as it is written, with the script that pip makes of pyproject.toml."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert (hook["id"], hook["language"], hook["types"]) == ("runflow-nb-check", "python", ["jupyter"])
    script = tmp_path / "bin" / "runflow-nb"
    script.parent.mkdir()
    script.write_text(f"#!{sys.executable}\nimport sys\nfrom runflow_nb.cli import main\nsys.exit(main())\n")
    script.chmod(0o755)
    clean = notebook(bought.folder / "clean.ipynb", [cell_of(bought.runs["an owl"])])
    broken = notebook(bought.folder / "broken.ipynb", [code("buy()", error("NoKey"))])
    environment = {**os.environ, "PATH": f"{script.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*shlex.split(hook["entry"]), clean.name, broken.name],
        cwd=bought.folder, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    assert "saved error" in done.stdout
    assert clean.name not in done.stdout
