"""Several small pictures as one, numbered by their Python index."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

WIDTH, HEIGHT = 960, 768
"""Pixels that a sheet at most has."""
GAP = 6
LINE = (128, 128, 128)
"""Of the gaps: as quiet on a light page as on a dark one."""
BADGE = 24
"""Pixels of a number's round badge."""
INSET = 8
"""Of the badge from the corner of its picture."""
SHARPER = 4
"""The badge is drawn this much larger and reduced, since Pillow draws shapes without smooth edges."""


def sheet(pictures: Sequence[PilImage], shrink: float = 1.0) -> PilImage:
    """One picture with all of these on a grid, each with its index in a corner.

    The gaps are transparent where one of the pictures is, else a quiet grey. `shrink` makes the pictures smaller by
    this factor, and leaves the numbers legible.
    """
    from PIL import Image

    transparent = any(picture.mode == "RGBA" for picture in pictures)
    columns = grid(len(pictures), _shape(pictures))
    rows = math.ceil(len(pictures) / columns)
    scale = min(
        1.0,
        (WIDTH - GAP * (columns - 1)) / columns / max(picture.width for picture in pictures),
        (HEIGHT - GAP * (rows - 1)) / rows / max(picture.height for picture in pictures),
    )
    cells = [_scaled(picture, scale * shrink) for picture in pictures]
    wide, high = max(cell.width for cell in cells), max(cell.height for cell in cells)
    size = (columns * (wide + GAP) - GAP, rows * (high + GAP) - GAP)
    page = Image.new("RGBA", size, (0, 0, 0, 0)) if transparent else Image.new("RGB", size, LINE)
    for index, cell in enumerate(cells):
        row, column = divmod(index, columns)
        left = column * (wide + GAP) + (wide - cell.width) // 2
        top = row * (high + GAP) + (high - cell.height) // 2
        page.paste(cell, (left, top))
        badge = _badge(index)
        place = (left + INSET, top + INSET)
        if transparent:
            page.alpha_composite(badge, place)
        else:
            page.paste(badge, place, badge)
    return page


def grid(count: int, shape: float) -> int:
    """Columns for so many pictures, `shape` being their width by their height."""
    if shape >= 3:
        return 1
    if shape <= 1 / 3:
        return count
    if count == 3:
        return 3 if shape < 1.4 else 1
    return math.ceil(math.sqrt(count))


def _shape(pictures: Sequence[PilImage]) -> float:
    return max(picture.width for picture in pictures) / max(picture.height for picture in pictures)


def _scaled(picture: PilImage, scale: float) -> PilImage:
    from PIL import Image

    size = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS)


def _badge(index: int) -> PilImage:
    """A white number on a dark disc with a light rim: it reads on black, on white and on nothing at all."""
    from PIL import Image, ImageDraw, ImageFont

    large = BADGE * SHARPER
    width = large if index < 100 else large * 3 // 2
    badge = Image.new("RGBA", (width, large), (255, 255, 255, 0))
    draw = ImageDraw.Draw(badge)
    draw.rounded_rectangle(
        (0, 0, width - 1, large - 1),
        radius=large // 2,
        fill=(20, 20, 20, 165),
        outline=(255, 255, 255, 90),
        width=SHARPER,
    )
    font = ImageFont.load_default(large * 0.58)
    draw.text((width / 2, large / 2), str(index), (255, 255, 255, 245), font=font, anchor="mm")
    return badge.resize((width // SHARPER, BADGE), Image.Resampling.LANCZOS)
