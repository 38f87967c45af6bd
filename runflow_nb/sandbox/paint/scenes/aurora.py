"""Northern lights over a still lake."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageFilter

from ..canvas import Canvas, Fade
from ..colour import Palette, mix, turned
from ..land import hill, jagged, mirror, rolling, skyline, stars
from .trees import fir_row

COLUMNS, ROWS = 192, 128


def paint(canvas: Canvas, palette: Palette, dice: random.Random) -> None:
    h, u = canvas.h, canvas.u
    shore = h * dice.uniform(0.66, 0.74)
    deep = tuple(mix(each, (4, 10, 30), 0.0 if palette.dark else 0.72) for each in palette.sky)
    canvas.sky(deep, shore / h)
    stars(canvas, dice, palette, 0.66, 320)
    for i in range(3):
        low = turned(palette.second, dice.uniform(-0.06, 0.06)) if i else mix((90, 255, 190), palette.second, 0.25)
        high = mix(palette.accent, palette.sky[1], 0.3)
        _curtain(
            canvas,
            dice,
            Fade.of(high, mix(high, low, 0.6), low, mix(low, (255, 255, 255), 0.25)),
            0.62 - 0.12 * i,
            shore,
        )
    for i in range(2):
        body = mix(deep[-2], palette.near, 0.45 + 0.25 * i)
        crest = skyline(canvas, jagged(dice, 0.5), shore - u * 0.01, u * (0.24 - 0.1 * i), 240)
        hill(canvas, crest, Fade.of(mix(body, palette.second, 0.1), body))
    bank = skyline(canvas, rolling(dice, 1.5), shore + u * 0.005, u * 0.025)
    hill(canvas, bank, mix(palette.near, (0, 0, 0), 0.1))
    fir_row(canvas, dice, bank, mix(palette.near, (0, 0, 0), 0.15), 0.04, 0.11, 60)
    mirror(canvas, dice, shore, mix(palette.near, deep[0], 0.5), 0.3)
    canvas.haze(h - (h - shore) * 0.8, h, mix(palette.near, (0, 0, 0), 0.3), 0.6)


def _curtain(canvas: Canvas, dice: random.Random, colours: Fade, strength: float, shore: float) -> None:
    """A band of light that hangs in folds: bright and sharp below, fading upwards."""
    mask = Image.new("L", (COLUMNS, ROWS))
    profile = Image.new("L", (1, 64))
    profile.putdata([round(255 * (row / 55) ** 2.2) if row < 56 else round(255 * (64 - row) / 9) for row in range(64)])
    phases = [dice.uniform(0, 7) for _ in range(5)]
    middle, tilt = dice.uniform(0.55, 0.78), dice.uniform(-0.22, 0.22)
    for x in range(COLUMNS):
        t = x / COLUMNS
        foot = middle + tilt * (t - 0.5) + 0.1 * math.sin(t * 5 + phases[0]) + 0.045 * math.sin(t * 13 + phases[1])
        tall = 0.42 + 0.12 * math.sin(t * 7 + phases[2]) + 0.05 * math.sin(t * 41 + phases[3])
        light = (
            0.55 + 0.3 * math.sin(t * 9 + phases[4]) + 0.15 * math.sin(t * 67 + phases[0]) + dice.uniform(-0.06, 0.06)
        )
        height = max(2, round(tall * ROWS))
        strip = profile.resize((1, height), Image.Resampling.BILINEAR)
        top = round(foot * ROWS) - height
        mask.paste(round(255 * min(max(light, 0.0), 1.0)), (x, top, x + 1, top + height), strip)
    mask = mask.filter(ImageFilter.GaussianBlur(0.8))
    size = (canvas.w, round(shore))
    wide = ImageChops.screen(mask, mask.filter(ImageFilter.GaussianBlur(7)).point([round(v * 0.6) for v in range(256)]))
    canvas.paste(wide.resize(size, Image.Resampling.BICUBIC), colours, 0, 0, strength)
