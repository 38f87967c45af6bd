"""`%runflow tag` and `%runflow forget` in a real kernel."""

from __future__ import annotations

import re
from pathlib import Path

from tests.notebook.kernel import Kernel

FAST = "-r 0.5K"


def test_tags_are_put_on_taken_off_and_searched_for(cells: Kernel) -> None:
    cells.run(f"%nanobanana {FAST} -q -o owl --tag night An owl with tags")
    assert cells.run("%runflow tag owl best 'of all' --remove night").text.endswith(": best, of all")
    assert cells.run("%runflow tag owl -best").text.endswith(": of all")
    assert cells.run("%runflow tag owl").text.endswith(": of all")
    assert "An owl with tags" in cells.run("%runflow history --tag 'of all'").text
    assert cells.run("%runflow tag owl --remove 'of all'").text.endswith(": no tags")


def test_a_mistake_in_a_tag_changes_nothing(cells: Kernel) -> None:
    cells.run(f"%nanobanana {FAST} -q -o owl --tag night An owl")
    for line, said in {
        "owl best -nigth": "nigth is no tag of run",
        "owl a -a": "a is to be put on and taken off",
        "owl -": "- names no tag",
        "owl --tag best": "is no option here",
        "nobody best": "no run on record",
        "": "needs a run",
    }.items():
        error = cells.run(f"%runflow tag {line}").error
        assert said in error, line
        assert "Traceback" not in error
    assert "did you mean night?" in cells.run("%runflow tag owl -nigth").error
    assert cells.run("%runflow tag owl").text.endswith(": night")


def test_a_run_is_forgotten_and_stays_on_record(cells: Kernel, tmp_path: Path) -> None:
    cell = f"%nanobanana {FAST} -o owl An owl that nobody shall see"
    cells.run(cell)
    cells.run(f"%nanobanana {FAST} -q -o fox A fox that stays")
    name, images = cells.value("owl.id"), cells.value("[str(i.path) for i in owl.images]")
    forgotten = cells.run(f"%runflow forget {name[-6:]}")
    assert not forgotten.error
    (row,) = [line for line in forgotten.text.splitlines() if name in line]
    assert re.fullmatch(rf"{name}  \d{{4}}-\d\d-\d\d +\$0\.06  Sandbox  prompt, 1 picture, 1 preview", row)
    assert "Saved notebooks keep what their outputs show" in forgotten.text
    assert not any(Path(path).exists() for path in eval(images))
    journal = b"".join(path.read_bytes() for path in (tmp_path / ".runflow").rglob("*") if path.is_file())
    assert b"nobody shall see" not in journal
    assert b"A fox that stays" in journal
    again = cells.run(cell)
    assert f"Run {name} was forgotten" in again.error
    assert "--take 2" in again.error
    listed = cells.run("%runflow history --all").text
    assert "(forgotten)" in listed
    assert "A fox that stays" in listed
    assert "This run was forgotten" in cells.run(f"%runflow show {name[-6:]}").text
    assert not cells.run(cell.replace("-o owl", "--take 2")).error
    assert "nobody shall see" not in cells.run("owl").text


def test_what_cannot_be_forgotten_is_said_before_anything_is(cells: Kernel) -> None:
    cells.run(f"%nanobanana {FAST} -q -o owl An owl that stays")
    error = cells.run("%runflow forget owl nobody nothing").error
    assert "nobody" in error
    assert "nothing" in error
    assert "An owl that stays" in cells.run("%runflow history --all").text
    assert "needs a run" in cells.run("%runflow forget").error
