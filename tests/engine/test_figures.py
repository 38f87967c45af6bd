"""A matplotlib figure is a picture: drawn as it is, by whoever may draw it, and left alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure

import runflow_nb
from runflow_nb.engine.pictures.figures import with_figures_drawn
from runflow_nb.engine.pictures.given import Given
from runflow_nb.engine.pictures.reading import PictureInput, read_picture
from runflow_nb.engine.session import Session
from runflow_nb.errors import InvalidRequest
from runflow_nb.record.disk import Disk
from runflow_nb.record.images import ImageStore
from runflow_nb.sandbox.embedded import EmbeddedSandbox

SAVING: Any = {"savefig.dpi": 33, "savefig.bbox": "tight", "savefig.transparent": True, "savefig.facecolor": "red"}


@pytest.fixture
def images(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path / "store", Disk())


def figure(title: str = "fox", **options: Any) -> Figure:
    made = Figure(figsize=(2, 1), dpi=80, facecolor="wheat", **options)
    made.add_subplot(title=title).plot([1, 3, 2])
    return made


def read(given: Any, images: ImageStore) -> PictureInput:
    picture = read_picture(given, images=images)
    assert (picture.source, picture.name, picture.mime) == ("figure", "figure", "image/png")
    return picture


def state(given: Figure) -> tuple[Any, ...]:
    """What a person sees of a figure, and where it is shown."""
    manager = given.canvas.manager
    return given.dpi, tuple(given.get_size_inches()), given.get_facecolor(), given.canvas, manager, given.stale


def test_the_same_figure_is_the_same_picture_whatever_is_set_for_saving(images: ImageStore) -> None:
    """Drawn again, drawn anew, and under settings for files: one digest; another title is another."""
    for options in ({}, {"layout": "constrained"}):
        one = figure(**options)
        with mpl.rc_context(SAVING):
            other = read(one, images).digest
        assert {read(one, images).digest, read(figure(**options), images).digest} == {other}
        assert read(figure("owl", **options), images).digest != other


@pytest.mark.parametrize("canvas", [None, FigureCanvasPdf])
def test_a_figure_is_left_as_it_was(canvas: Any, images: ImageStore) -> None:
    """Also one that hangs on a canvas that paints no pixels."""
    given = figure()
    if canvas is not None:
        canvas(given)
    before = state(given)
    picture = read(given, images)
    assert state(given) == before
    assert picture.content is not None
    assert picture.content.size == (160, 80)  # type: ignore[union-attr]


def test_a_figure_is_drawn_when_it_is_given(session: Session, sandbox: EmbeddedSandbox) -> None:
    """What is painted on it afterwards is another picture."""
    given = figure()
    job = runflow_nb.edit("make it night", given, resolution="0.5K", background=True)
    given.axes[0].set_title("owl")
    run = job.wait(30)
    assert runflow_nb.edit("make it night", figure(), resolution="0.5K") == run
    (entry,) = run.pictures
    assert (entry["source"], entry["digest"]) == ("figure", run.input["image_urls"][0])
    assert runflow_nb.edit("make it night", given, resolution="0.5K") != run


def test_a_figure_that_cannot_be_drawn_is_named() -> None:
    """By the word that was typed for it."""
    with pytest.raises(InvalidRequest, match=r"images=plot +cannot be drawn \(ValueError: "):
        with_figures_drawn([Given(figure("$\\nonsense{$"), "plot")])


def test_nothing_imports_matplotlib() -> None:
    """Who has a figure has it; nobody else pays for it."""
    code = (
        "import sys; from runflow_nb.engine.pictures import figures, reading\n"
        "assert not figures.is_figure(object()); sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
