"""`--save`: the original's own bytes where they are wanted, and nothing lost that lay there."""

from __future__ import annotations

from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.errors import NotSaved
from runflow_nb.models.request import build_request
from runflow_nb.notebook.saving import Destination, Saved, problems, save
from runflow_nb.record.embedding.copies import form
from runflow_nb.record.embedding.splice import write
from tests.notebook.kernel import Kernel
from tests.notebook.made import RUN, made


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("fox.png", "fox.png"),
        ("fox", "fox.png"),
        ("fox.v2", "fox.v2.png"),
        ("{model}/{date}-{seed}-{n}.png", "nano-banana-2/2026-01-31-42-0.png"),
        ("{id}.PNG", f"{RUN}.PNG"),
        ("out/", f"out/{RUN}.png"),
        ("fox.jpg", "fox.png"),
    ],
)
def test_the_path_is_filled_in(tmp_path: Path, pattern: str, name: str) -> None:
    """Where the extension is of another format than what was delivered, the file is named for what it is."""
    run = made(tmp_path / ".runflow")
    ((path, _),) = map(astuple, save(run, Destination(f"{tmp_path}/{pattern}", embed=False)))
    assert path.relative_to(tmp_path).as_posix() == name
    assert path.read_bytes() == run.images[0].bytes
    assert [p.name for p in path.parent.iterdir() if p.suffix == ".tmp"] == []


def test_several_pictures_get_their_number(tmp_path: Path) -> None:
    """The number is that of `run.images[i]`, whether it was asked for or not."""
    run = made(tmp_path / ".runflow", pictures=3)
    paths = [one.path for one in save(run, Destination(f"{tmp_path}/fox.png", embed=False))]
    assert [path.name for path in paths] == ["fox-0.png", "fox-1.png", "fox-2.png"]
    assert [path.read_bytes() for path in paths] == [image.bytes for image in run.images]
    assert [one.path.name for one in save(run, Destination(f"{tmp_path}/{{n}}-of-fox"))] == [
        f"{n}-of-fox.png" for n in range(3)
    ]


def test_another_picture_is_never_written_over_unasked(tmp_path: Path) -> None:
    """One that is in the way stops all copies; the same picture is no obstacle; `--overwrite` asks."""
    run = made(tmp_path / ".runflow", pictures=2)
    (tmp_path / "fox-1.png").write_bytes(b"my own")
    with pytest.raises(NotSaved) as refused:
        save(run, Destination(f"{tmp_path}/fox.png"))
    assert "fox-1.png is another picture" in str(refused.value)
    assert (tmp_path / "fox-1.png").read_bytes() == b"my own"
    assert not (tmp_path / "fox-0.png").exists()
    save(run, Destination(f"{tmp_path}/fox.png", overwrite=True))
    assert form(tmp_path / "fox-1.png", run.images[1]) == "embedded"
    save(run, Destination(f"{tmp_path}/fox.png"))


def test_a_copy_that_is_there_needs_no_original(tmp_path: Path) -> None:
    """Who got the notebook with its copies and without the originals still runs the cell."""
    run = made(tmp_path / ".runflow")
    save(run, Destination(f"{tmp_path}/fox.png"))
    run.images[0].path.unlink()
    assert save(run, Destination(f"{tmp_path}/fox.png")) == [Saved(tmp_path / "fox.png")]
    with pytest.raises(FileNotFoundError) as gone:
        save(run, Destination(f"{tmp_path}/other.png"))
    assert f"run {run.short}: its original is not in the store." in str(gone.value)
    assert f"%runflow show {run.short} --fetch brings it back, for nothing." in str(gone.value)
    assert str(tmp_path) not in str(gone.value)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSaved, match="is on record and its picture kept"):
        save(made(tmp_path / ".runflow"), Destination(f"{tmp_path}/file/fox.png"))


def test_what_can_be_known_before_is_said_before_anything_is_paid() -> None:
    """An unknown placeholder, and a name for another format than the one that is asked for."""
    request = build_request(None, {"prompt": "a fox", "output_format": "webp"})
    (unknown,) = problems(Destination("{sead}.webp"), request)
    assert (unknown.given, unknown.nearest) == ("{sead}", "{seed}")
    (other,) = problems(Destination("fox.jpg"), request)
    assert other.nearest == "fox.webp"
    assert "-f jpeg makes it jpeg" in other.reason
    assert not problems(Destination("fox.webp"), request)
    assert not problems(Destination("fox"), request)


@pytest.mark.parametrize("name", ["file/fox.png", "null\0.png", f"{'long' * 99}.png", "half\ud800.png"])
def test_a_path_that_there_cannot_be_costs_nothing(tmp_path: Path, name: str) -> None:
    """Nor does the home of somebody whom the machine does not know."""
    (tmp_path / "file").write_text("")
    request = build_request(None, {"prompt": "a fox"})
    for pattern in (f"{tmp_path}/{name}", "~nobody-here/fox.png"):
        (problem,) = problems(Destination(pattern), request)
        assert problem.reason.startswith("is no path")


def test_two_pictures_that_want_one_name_at_once_both_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second is told, also where the name was free when it looked."""
    run = made(tmp_path / ".runflow", pictures=2)
    first, second = (replace(run, images=(image,)) for image in run.images)
    target = Destination(f"{tmp_path}/fox.png")
    seam, put = "runflow_nb.notebook.saving.write", write

    def overtaken(*given: Any) -> None:
        put(*given)
        monkeypatch.setattr(seam, put)
        save(first, target)

    monkeypatch.setattr(seam, overtaken)
    with pytest.raises(NotSaved, match="another picture"):
        save(second, target)
    assert form(tmp_path / "fox.png", first.images[0]) == "embedded"
    assert save(first, target) == [Saved(tmp_path / "fox.png")]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["fox.png"]


def test_a_cell_saves_what_it_shows(cells: Kernel, tmp_path: Path) -> None:
    """Also when it is run again; a mistake in the path is said before anything is bought."""
    cell = f"%%nanobanana -r 0.5K --seed 3 -o saved --save {tmp_path}/out/{{seed}}.png\nA saved stork"
    first = cells.run(cell)
    assert (tmp_path / "out/3.png").read_bytes()
    assert first.text.splitlines()[-1] == f"Saved {tmp_path}/out/3.png"
    assert cells.run(cell).text == first.text
    wrong = cells.run(f"%%nanobanana -r 0.5K --save {tmp_path}/{{sed}}.jpg\nAn unsaved stork")
    assert "did you mean {seed}?" in wrong.error
    assert "did you mean" in wrong.error.splitlines()[2]
    assert cells.value("len(__import__('runflow_nb').history())") == "1"
    other = cells.run(f"%%nanobanana -r 0.5K --seed 4 -o kept --save {tmp_path}/out/3.png\nAnother stork")
    assert "is another picture, which is left alone" in other.error
    assert other.pictures
    assert cells.value("kept.seed") == "4"
