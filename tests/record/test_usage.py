"""How much room a store takes."""

from __future__ import annotations

from pathlib import Path

from runflow_nb.record.usage import Usage, measure


def test_each_kind_is_summed_over_its_folders(tmp_path: Path) -> None:
    for name, size in {"images/ab/x.png": 5, "images/cd/y.png": 7, "previews/z.jpg": 3, "journal/s.jsonl": 2}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"." * size)
    (tmp_path / "index.sqlite").write_bytes(b"not counted: made anew at any time")
    assert measure(tmp_path) == Usage(12, 3, 2)


def test_no_store_takes_no_room(tmp_path: Path) -> None:
    assert measure(tmp_path / ".runflow") == Usage(0, 0, 0)
