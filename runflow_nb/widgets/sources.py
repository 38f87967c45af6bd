"""What a hash that a page asks for stands for: which files of the store, and whether they are to be veiled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..record.formats import NotAPicture
from ..record.image import Image
from ..record.preview import LONGEST
from ..record.run import Run
from ..record.thumbnail import Thumbnail, scaled

SMALLEST = 32
LARGEST = 2048
"""Pixels of a picture's longest side, as a page may ask for it."""


@dataclass(frozen=True, slots=True)
class Source:
    """One picture that a page may ask for."""

    hash: str
    small: Path | None = None
    """Its preview, which is there where a clone of a notebook brings no originals; blurred where it is flagged."""
    original: Path | bytes | None = None
    """A file, or its bytes."""
    flagged: bool = False


def source_of_run(run: Run) -> Source | None:
    """The picture that stands for a run: one, or a contact sheet. None where there is none."""
    if run.preview is None or run.forgotten:
        return None
    original = run.images[0].path if len(run.images) == 1 else None
    return Source(run.preview.path.stem, run.preview.path, original, bool(run.nsfw))


def sources_of_images(run: Run, images: Sequence[Image] | None = None) -> list[Source]:
    """The single pictures of a run, by the hash of their originals."""
    alone = run.preview.path if run.preview is not None and len(run.images) == 1 else None
    return [
        Source(image.sha256, alone, image.path, bool(run.nsfw)) for image in (run.images if images is None else images)
    ]


def made(source: Source, longest: int) -> Thumbnail | None:
    """The picture at most `longest` pixels on a side; None where none of its files can be read."""
    longest = max(SMALLEST, min(longest, LARGEST))
    for file, blur in _files(source, longest):
        try:
            return scaled(file, longest, blur=blur)
        except (OSError, NotAPicture):
            continue
    return None


def _files(source: Source, longest: int) -> Iterator[tuple[Path | bytes, bool]]:
    """(file, whether it has to be blurred), the best first."""
    small: list[tuple[Path | bytes, bool]] = [] if source.small is None else [(source.small, False)]
    original: list[tuple[Path | bytes, bool]] = [] if source.original is None else [(source.original, source.flagged)]
    # What is blurred already is never sharper elsewhere, and a preview is read in a hundredth of the time.
    yield from small + original if source.flagged or longest <= LONGEST else original + small
