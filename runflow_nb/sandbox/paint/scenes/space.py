"""Deep space: clouds of light, a great planet, its moons."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageFilter

from ..canvas import Canvas, Fade, Pen, fade
from ..colour import Colour, Palette, mix, turned
from ..land import stars

NEBULA = 192


def paint(canvas: Canvas, palette: Palette, dice: random.Random) -> None:
    w, h, u = canvas.w, canvas.h, canvas.u
    deep = mix(palette.sky[0], (3, 4, 16), 0.8)
    _nebula(canvas, dice, palette, deep)
    stars(canvas, dice, palette, 1.0, 420)
    radius = u * dice.uniform(0.2, 0.28)
    x, y = w / 2 + u * dice.uniform(-0.14, 0.14), h / 2 + u * dice.uniform(-0.06, 0.1)
    canvas.glow(x, y, radius * 2.1, palette.sky[-1], 0.5)
    tilt = dice.uniform(-0.5, 0.5)
    ringed = dice.random() < 0.75
    if ringed:
        _ring(canvas, palette, x, y, radius, tilt, behind=True)
    _planet(canvas, dice, palette, x, y, radius, tilt)
    if ringed:
        _ring(canvas, palette, x, y, radius, tilt, behind=False)
    for _ in range(dice.randrange(1, 4)):
        angle, out = dice.uniform(0, math.tau), radius * dice.uniform(1.5, 2.2)
        _ball(
            canvas,
            palette.light,
            deep,
            x + math.cos(angle) * out,
            y + math.sin(angle) * out * 0.8,
            radius * dice.uniform(0.06, 0.17),
        )


def _nebula(canvas: Canvas, dice: random.Random, palette: Palette, deep: Colour) -> None:
    """Drifting clouds of light over the deep; mixed small, for they are soft."""
    tones = Fade.of(deep, mix(palette.sky[1], deep, 0.72), mix(palette.sky[2], deep, 0.82))
    small = fade(tones, NEBULA, NEBULA)
    for colour, strength in (
        (palette.sky[2], 0.6),
        (palette.accent, 0.42),
        (palette.second, 0.3),
        (palette.sky[-1], 0.3),
    ):
        small.paste(colour, (0, 0, NEBULA, NEBULA), _cloud(dice).point([round(v * strength) for v in range(256)]))
    canvas.image.paste(small.resize((canvas.w, canvas.h), Image.Resampling.BICUBIC))


def _cloud(dice: random.Random) -> Image.Image:
    """A mask of clouds: rough noise at three sizes."""
    total = Image.new("L", (NEBULA, NEBULA))
    for cells, weight in ((5, 0.58), (11, 0.27), (27, 0.15)):
        noise = Image.frombytes("L", (cells, cells), dice.randbytes(cells * cells))
        noise = noise.resize(total.size, Image.Resampling.BICUBIC).point([round(v * weight) for v in range(256)])
        total = ImageChops.add(total, noise)
    bright = total.point([min(255, round(max(0, v - 122) ** 1.5 * 0.26)) for v in range(256)])
    return bright.filter(ImageFilter.GaussianBlur(2))


def _planet(
    canvas: Canvas, dice: random.Random, palette: Palette, x: float, y: float, radius: float, tilt: float
) -> None:
    size = max(8, round(2 * radius))
    base = turned(palette.accent, dice.uniform(-0.08, 0.08))
    bands: list[Colour] = [
        mix(mix(base, palette.second, dice.random() * 0.7), palette.sky[2], dice.random() * 0.4)
        for _ in range(dice.randrange(7, 12))
    ]
    surface = fade(Fade(tuple(band for band in bands for _ in range(2))), size, size)
    swirl = surface.rotate(math.degrees(tilt) / 2, Image.Resampling.BICUBIC, fillcolor=bands[0])
    # Night comes on from the side away from the light.
    night = Image.radial_gradient("L").resize((size * 2, size * 2), Image.Resampling.BILINEAR)
    offset = round(size * 0.72)
    night = night.crop((offset, offset, offset + size, offset + size)).point(
        [min(255, round(max(0, v - 60) * 2.1)) for v in range(256)]
    )
    swirl.paste(mix(palette.near, (0, 0, 8), 0.6), (0, 0), night)
    disc = Image.new("L", (size * 2, size * 2))
    Pen(disc, 0, 0).disc(size / 2, size / 2, radius - 0.5)
    canvas.image.paste(swirl, (round(x - radius), round(y - radius)), disc.reduce(2))


def _ball(canvas: Canvas, light: Colour, dark: Colour, x: float, y: float, radius: float) -> None:
    box = (x - radius, y - radius, x + radius, y + radius)
    canvas.paint(lambda pen: pen.disc(x, y, radius), light, box)

    def night(pen: Pen) -> None:
        pen.disc(x, y, radius)
        pen.disc(x - radius * 0.45, y - radius * 0.35, radius * 0.98, 0)

    canvas.paint(night, dark, box, opacity=0.8)


def _ring(canvas: Canvas, palette: Palette, x: float, y: float, radius: float, tilt: float, *, behind: bool) -> None:
    """Half of a ring: the half behind the planet, or the half before it."""
    for reach, thick, colour, opacity in (
        (1.95, 0.13, palette.light, 0.75),
        (1.66, 0.2, palette.second, 0.55),
        (1.42, 0.06, palette.light, 0.5),
    ):

        def draw(pen: Pen, reach: float = reach, thick: float = thick) -> None:
            turns = [math.pi * k / 60 + (math.pi if behind else 0) for k in range(61)]
            outer = [_on_ring(x, y, radius * reach, tilt, turn) for turn in turns]
            inner = [_on_ring(x, y, radius * (reach - thick), tilt, turn) for turn in reversed(turns)]
            pen.polygon([*outer, *inner])

        canvas.paint(draw, mix(colour, palette.sky[2], 0.2), opacity=opacity * (0.7 if behind else 1))


def _on_ring(x: float, y: float, reach: float, tilt: float, turn: float) -> tuple[float, float]:
    across, down = math.cos(turn) * reach, math.sin(turn) * reach * 0.26
    return x + across * math.cos(tilt) - down * math.sin(tilt), y + across * math.sin(tilt) + down * math.cos(tilt)
