"""A run's picture as small as a row of a table. Made from the preview, so that a veiled one stays veiled."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .formats import NotAPicture, opened
from .preview import blurred, reduced
from .run import Preview

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

REMEMBERED = 512
"""Thumbnails kept in memory, about 2 KB each. They are not kept on disk: making one takes a millisecond or two."""
QUALITIES = (72, 60, 45, 30)
COLOURS = (64, 24, 8)
"""Of a picture that is transparent somewhere, which JPEG cannot hold."""
FINE_QUALITIES = (88, 80, 66)
FINE_COLOURS = (256, 64)
"""Of one that does not travel in a saved notebook."""
BYTES_PER_PIXEL = 0.6
"""Above this the next quality is tried: at 64 x 64 pixels that is 2.5 KB."""


class Thumbnail(NamedTuple):
    """A small picture as it is shown."""

    data: bytes
    mime: str
    width: int
    height: int


def thumbnail(preview: Preview | None, longest: int) -> Thumbnail | None:
    """The preview, at most `longest` pixels on a side; None where there is none, or its file is gone or damaged."""
    if preview is None:
        return None
    try:
        return _made(preview.path, longest)
    except (OSError, NotAPicture):
        return None


@lru_cache(maxsize=REMEMBERED)
def _made(path: Path, longest: int) -> Thumbnail:
    """A preview's file is named by its own hash: what was made of it once stays true. Raises OSError, NotAPicture."""
    with opened(path) as stored:
        # The decoder itself leaves out what a small picture does not need.
        stored.draft("RGB", (2 * longest, 2 * longest))
        small = stored if stored.mode in ("RGB", "RGBA") else stored.convert("RGBA")
        small.thumbnail((longest, longest))
        small.load()  # one that was small enough is not read before
    return _small_enough(small, longest, COLOURS if small.mode == "RGBA" else QUALITIES)


def scaled(source: Path | bytes, longest: int, *, blur: bool = False) -> Thumbnail:
    """Any picture, at most `longest` pixels on a side; `blur` makes it unrecognisable.

    Not kept: whoever shows it keeps it. Raises OSError, NotAPicture.
    """
    small = reduced(source, longest)
    steps = FINE_COLOURS if small.mode == "RGBA" else FINE_QUALITIES
    return _small_enough(blurred(small) if blur else small, longest, steps)


def _small_enough(small: PilImage, longest: int, steps: Sequence[int]) -> Thumbnail:
    limit = round(longest * longest * BYTES_PER_PIXEL)
    data, mime = b"", ""
    for step in steps:
        data, mime = _encoded(small, step)
        if len(data) <= limit:
            break
    return Thumbnail(data, mime, *small.size)


def _encoded(picture: PilImage, step: int) -> tuple[bytes, str]:
    """`step`: a PNG's number of colours, a JPEG's quality."""
    from PIL import Image

    stream = io.BytesIO()
    if picture.mode == "RGBA":
        picture.quantize(step, Image.Quantize.FASTOCTREE).save(stream, "PNG", optimize=True)
        return stream.getvalue(), "image/png"
    picture.save(stream, "JPEG", quality=step, optimize=True)
    return stream.getvalue(), "image/jpeg"


def forget_all() -> None:
    """Make every thumbnail anew."""
    _made.cache_clear()
