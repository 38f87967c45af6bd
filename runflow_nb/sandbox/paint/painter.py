"""From a commission to a file's bytes."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable

from PIL import Image

from .canvas import Canvas, Fade
from .colour import Palette, mix
from .commission import Commission
from .creatures import CREATURES
from .land import hill, rainfall, rolling, skyline, snowfall
from .retouch import retouch
from .ribbon import mark
from .scenes import aurora, city, dunes, forest, meadow, mountains, sea, space
from .subjects import put
from .words import Motif, read_motif

Scene = Callable[[Canvas, Palette, random.Random], None]
SCENES: dict[str, tuple[Scene, str, bool]] = {
    "mountains": (mountains.paint, "in the mountains", True),
    "sea": (sea.paint, "by the sea", False),
    "forest": (forest.paint, "in a forest", True),
    "city": (city.paint, "before a city", False),
    "meadow": (meadow.paint, "in a meadow", True),
    "aurora": (aurora.paint, "under northern lights", False),
    "space": (space.paint, "in space", False),
    "dunes": (dunes.paint, "among dunes", True),
}
"""Name -> how it is painted, how it is told, and whether it has ground to stand on."""
LARGEST = 2048 * 2048
"""Pixels that are painted; a larger picture is scaled up from this, and marked at its own size."""
FOOT = 0.925


def paint(commission: Commission) -> bytes:
    """The finished file. Raises what Pillow raises where a given picture is none."""
    image = unmarked(commission)
    signed(image, commission)
    return encoded(image, commission.format)


def paint_stand_in(url: str) -> bytes:
    """A JPEG in place of the picture at this address, always the same; what is made from it says so in its mark."""
    return encoded(unmarked(Commission("stand-in", url, 0, 0, 1024, 1024, "jpeg")), "jpeg")


def signed(image: Image.Image, commission: Commission) -> None:
    """Mark the picture as the sandbox's."""
    mark(image, ribbon_text(commission))


def ribbon_text(commission: Commission) -> str:
    """What the ribbon of a picture says."""
    return " · ".join(filter(None, ["Runflow sandbox", f"seed {commission.seed}", commission.mark]))


def unmarked(commission: Commission) -> Image.Image:
    """The picture before it is marked."""
    shrink = min(1.0, math.sqrt(LARGEST / (commission.width * commission.height)))
    canvas = Canvas(round(commission.width * shrink), round(commission.height * shrink))
    motif = read_motif(commission.prompt, commission.index, commission.shared_dice("motif"))
    dice = commission.dice("scene")
    palette = motif.palette.varied(dice)
    if commission.pictures:
        styles = commission.shared_dice("style")
        retouch(canvas, commission.pictures, commission.prompt, commission.index, palette, styles, dice)
    else:
        _scene(canvas, motif, palette, dice)
    if shrink == 1:
        return canvas.image
    return canvas.image.resize((commission.width, commission.height), Image.Resampling.BICUBIC)


def _scene(canvas: Canvas, motif: Motif, palette: Palette, dice: random.Random) -> None:
    draw, _, ground = SCENES[motif.scene]
    draw(canvas, palette, dice)
    if motif.subject is not None:
        if not ground and motif.subject in ("cabin", "figure", *CREATURES):
            crest = skyline(canvas, rolling(dice, 1.2), canvas.h * 0.93, canvas.u * 0.05)
            hill(canvas, crest, Fade.of(palette.depth(0.88), mix(palette.near, (0, 0, 0), 0.2)))
        put(canvas, motif.subject, palette, dice, FOOT)
    if motif.snow:
        snowfall(canvas, dice)
    if motif.rain:
        rainfall(canvas, dice, palette.light)


def encoded(image: Image.Image, kind: str) -> bytes:
    """The picture as a file, with more regard for time than for size."""
    out = io.BytesIO()
    if kind == "png":
        image.save(out, "PNG", compress_level=1)
    elif kind == "webp":
        image.save(out, "WEBP", quality=88, method=1)
    else:
        image.save(out, "JPEG", quality=91)
    return out.getvalue()


def describe(commission: Commission) -> str:
    """One sentence that says what is to be seen."""
    motif = read_motif(commission.prompt, commission.index, commission.shared_dice("motif"))
    if commission.pictures:
        return f"The given picture, retouched {motif.palette.name}. Painted by the Runflow sandbox."
    what = f"A {motif.subject}" if motif.subject else "A view"
    return f"{what} {SCENES[motif.scene][1]} {motif.palette.name}. Painted by the Runflow sandbox."
