"""`--fix` does only what is safe, changes no other byte, and has nothing to do the second time."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.cli import main
from runflow_nb.notebook.checking import fixing
from runflow_nb.notebook.checking.saved import read
from runflow_nb.notebook.checking.targets import Checked, Manner, check
from runflow_nb.notebook.views.caption import pending_bundle
from runflow_nb.notebook.views.live import GOES_ON, LEFT_BEHIND, line_bundle
from runflow_nb.record.store import RECENT, Store

from .conftest import Bought
from .made import KEY, cell_of, code, display, in_base64, notebook, text, widgets

PICTURE = in_base64(b"\x89PNG\r\n\x1a\n" + bytes(200))
LINE = display(line_bundle("painting", LEFT_BEHIND))


def fixed(path: Path, **manner: Any) -> Checked:
    return check(path, Manner(datetime.now(UTC), fix=True, **manner), "")


def bundle(bought: Bought) -> list[dict[str, Any]]:
    """Lines that were left behind in all places of a cell's outputs, and what stands around them."""
    begun = display(pending_bundle(bought.runs["an owl"]))
    return [
        code("first", LINE, text("kept\n")),
        code("middle", text("kept\n"), LINE, begun, text("kept too\n")),
        code("last", text("kept\n"), display(line_bundle("left", GOES_ON)), display({"text/plain": ""})),
        code("alone", LINE),
        cell_of(bought.runs["an owl"]),
    ]


SHAPES: dict[str, Callable[[Any], str]] = {
    "jupyter": lambda whole: json.dumps(whole, ensure_ascii=False, indent=1) + "\n",
    "no indent": lambda whole: json.dumps(whole, separators=(",", ":")),
    "tabs": lambda whole: json.dumps(whole, indent="\t", sort_keys=True),
    "windows": lambda whole: json.dumps(whole, indent=4).replace("\n", "\r\n"),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("others", [{}, {"application/x": {"é": 1.0}}], ids=["alone", "with others"])
def test_what_is_dropped_leaves_every_other_byte(bought: Bought, shape: str, others: dict[str, Any]) -> None:
    """The file is what the same front end would have written without it."""
    written = SHAPES[shape]
    metadata = {"a": [1e5, "ü"], "widgets": {**others, **widgets(a={"value": PICTURE})}, "z": 1.50}
    whole: dict[str, Any] = {"cells": bundle(bought), "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    path = bought.folder / "fox.ipynb"
    path.write_bytes(written(whole).encode())
    path.chmod(0o640)
    done = fixed(path)
    assert len(done.fixes) == 5
    assert done.findings == ()
    kept = [[text("kept\n")], [text("kept\n"), text("kept too\n")], [text("kept\n")], []]
    for cell, outputs in zip(whole["cells"], kept, strict=False):
        cell["outputs"] = outputs
    metadata["widgets"] = others
    if not others:
        del metadata["widgets"]
    assert path.read_bytes().decode() == written(whole)
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in bought.folder.iterdir()) == [".runflow", "fox.ipynb", "red.png"]
    again = path.stat().st_mtime_ns
    assert fixed(path).fixes == ()
    assert path.stat().st_mtime_ns == again


def test_a_dry_run_only_says_what_it_would_do(bought: Bought, capsys: pytest.CaptureFixture[str]) -> None:
    path = notebook(bought.folder / "fox.ipynb", bundle(bought), widgets=widgets(a={"value": PICTURE}))
    before = path.read_bytes()
    assert main(["check", str(path), "--fix", "--dry-run"]) == 1
    said = capsys.readouterr().out
    assert "Would fix: dropped the saved state of widgets" in said
    assert said.count("Would fix: ") == 5
    assert path.read_bytes() == before
    assert main(["check", str(path), "--dry-run"]) == 2
    assert "belongs to --fix" in capsys.readouterr().err
    assert main(["check", str(path), "--fix"]) == 0
    assert "Fixed: dropped a line that was left behind in cell 4 (alone)" in capsys.readouterr().out


def test_texts_records_keys_and_errors_are_not_touched(bought: Bought) -> None:
    cells = [
        code(f"key = '{KEY}'", text("/home/mary")),
        code("%%nanobanana --take new\nan owl"),
        cell_of(bought.stranger),
    ]
    path = notebook(bought.folder / "fox.ipynb", cells)
    before = path.read_bytes()
    done = fixed(path)
    assert done.fixes == ()
    assert {"key", "home path", "take new", "not on record"} <= {finding.kind for finding in done.findings}
    assert path.read_bytes() == before


def test_a_line_is_not_dead_while_its_run_waits_to_be_collected(bought: Bought) -> None:
    (bought.root / "open").mkdir(exist_ok=True)
    (bought.root / "open" / bought.runs["an owl"].id).touch()
    path = notebook(bought.folder / "fox.ipynb", [code("x", LINE)])
    done = fixed(path)
    assert done.fixes == ()
    assert [finding.kind for finding in done.findings] == ["live line"]
    assert "--fix" not in done.findings[0].remedy


def test_a_notebook_that_was_saved_meanwhile_is_left_alone(bought: Bought) -> None:
    path = notebook(bought.folder / "fox.ipynb", [code("x", LINE)])
    saved = read(path.read_bytes(), None)
    path.write_text("saved by somebody")
    with pytest.raises(Exception, match="saved while it was looked at"):
        fixing.put(path, saved.data, fixing.fixed(saved, busy=False).data)
    assert path.read_text() == "saved by somebody"
    assert len(list(bought.folder.glob(".fox*"))) == 0


def test_a_link_stays_a_link(bought: Bought) -> None:
    path = notebook(bought.folder / "fox.ipynb", [code("x", LINE)])
    link = bought.folder / "link.ipynb"
    link.symlink_to(path)
    assert len(fixed(link).fixes) == 1
    assert link.is_symlink()
    assert LEFT_BEHIND not in path.read_text()


def aged(path: Path) -> Path:
    """A file that nobody wrote to for long."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"half")
    os.utime(path, (0, path.stat().st_mtime - RECENT - 1))
    return path


def left_behind(root: Path) -> list[Path]:
    """What processes leave behind that are killed."""
    made = [aged(root / "images" / ".incoming.0123.tmp"), aged(root / "previews" / ".a.jpg.0123.tmp")]
    (root / "locks").mkdir(exist_ok=True)
    lock = root / "locks" / "01KILLED.lock"
    lock.touch()
    store = Store(root)
    (run,) = store.index.runs(store.index.ids(limit=1))
    store.close()
    (root / "open").mkdir(exist_ok=True)
    marker = root / "open" / run.id
    marker.touch()
    return [*made, lock, marker]


def test_what_dead_processes_left_in_a_store_goes_and_nothing_else(
    bought: Bought, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = left_behind(bought.root)
    young = bought.root / "images" / ".incoming.4567.tmp"
    young.write_bytes(b"half")
    with closing(sqlite3.connect(bought.root / "index.sqlite")) as index:
        index.execute("UPDATE runs SET cost = '9.99'")
        index.commit()
    kept = {each: each.read_bytes() for each in bought.root.rglob("*") if each.is_file() and each not in gone}
    kept.pop(bought.root / "index.sqlite")
    assert main(["check", str(bought.root), "--fix", "--dry-run"]) == 1
    assert capsys.readouterr().out.count("Would fix: ") == 5
    assert all(path.exists() for path in gone)
    assert main(["check", str(bought.root), "--fix"]) == 1
    said = capsys.readouterr().out
    assert said.count("Fixed: ") == 5
    assert "stray file" in said  # the young one
    assert not any(path.exists() for path in gone)
    assert {each: each.read_bytes() for each in kept} == kept
    young.unlink()
    assert main(["check", str(bought.root), "--fix"]) == 0
    assert "Fixed" not in capsys.readouterr().out


def test_while_a_process_is_at_it_its_files_stay(bought: Bought) -> None:
    half, _, _, _ = left_behind(bought.root)
    code_ = (
        "import sys; from pathlib import Path; from runflow_nb.record.store import Store\n"
        f"store = Store(Path({str(bought.root)!r})); store.prepare(); print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code_], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        lock = next(
            each for each in (bought.root / "locks").glob("*.lock") if each.name not in ("store.lock", "01KILLED.lock")
        )
        fixes = fixed(bought.root).fixes
        assert not any("never finished" in fix for fix in fixes)
        assert half.exists()
        assert lock.exists()
        process.communicate(b"", timeout=20)
    assert any("never finished" in fix for fix in fixed(bought.root).fixes)


def test_a_pack_is_never_changed(bought: Bought, capsys: pytest.CaptureFixture[str]) -> None:
    path = notebook(bought.folder / "fox.ipynb", [code("x", LINE), cell_of(bought.runs["an owl"])])
    target = bought.folder / "fox.runflow.zip"
    assert main(["pack", str(path), "--output", str(target)]) == 0
    before = target.read_bytes()
    assert main(["check", str(target), "--fix"]) == 1
    assert "Fixed" not in capsys.readouterr().out
    assert target.read_bytes() == before
