"""Sand: long crests, one side lit and one in shadow, rippled by the wind."""

from __future__ import annotations

import math
import random

from ..canvas import Canvas, Fade, Pen, Point, smooth
from ..colour import Palette, mix
from ..land import birds, clouds, hill, lamp, rolling, skyline, stars, stipple


def paint(canvas: Canvas, palette: Palette, dice: random.Random) -> None:
    w, h, u = canvas.w, canvas.h, canvas.u
    horizon = dice.uniform(0.46, 0.56)
    canvas.sky(palette.sky, horizon + 0.05)
    stipple(canvas, dice, palette.light, h * 0.08, h * horizon)
    if palette.dark:
        stars(canvas, dice, palette, horizon)
    lamp(
        canvas,
        dice,
        palette,
        w * dice.uniform(0.2, 0.8),
        h * horizon - u * dice.uniform(0.08, 0.26),
        u * dice.uniform(0.06, 0.1),
    )
    clouds(canvas, dice, palette, 0.08, horizon - 0.14, 3)
    crest = skyline(canvas, rolling(dice, 2.2), h * (horizon + 0.02), u * 0.06)
    hill(canvas, crest, Fade.of(mix(palette.far, palette.sky[-1], 0.4), palette.far))
    sand = mix(palette.sky[-1], palette.second, 0.45)
    shade = mix(palette.near, palette.sky[-2], 0.3)
    layers = 3
    sides = dice.choice(((1, -1, 1), (-1, 1, -1)))
    for i in range(layers):
        share = (i + 1) / layers
        lit = mix(
            mix(sand, palette.far, 0.35 * (1 - share)),
            palette.near,
            0.16 * share if not palette.dark else 0.3 + 0.2 * share,
        )
        _dune(
            canvas,
            dice,
            sides[i],
            h * (horizon + 0.06 + 0.36 * share**1.2),
            u * (0.1 + 0.13 * share),
            lit,
            mix(lit, shade, 0.5 + 0.2 * share),
        )
    birds(canvas, dice, palette.near, w * dice.uniform(0.25, 0.75), h * (horizon - 0.2), 6)


def _dune(
    canvas: Canvas,
    dice: random.Random,
    side: int,
    base: float,
    rise: float,
    lit: tuple[int, int, int],
    shade: tuple[int, int, int],
) -> None:
    """A ridge whose crest runs down towards the viewer: what lies beyond the crest is in shadow."""
    line = rolling(dice, dice.uniform(0.7, 1.2))
    crest = skyline(canvas, line, base, rise)
    hill(canvas, crest, Fade.of(mix(lit, (255, 255, 255), 0.1), lit, mix(lit, shade, 0.35)))
    top = min(range(20, len(crest) - 20), key=lambda i: crest[i][1])
    x, y = crest[top]
    sweep = [(0.55, 0.22), (0.3, 0.62), (1.3, 1.15), (1.0, 1.9), (2.4, 3.2), (3.4, 6.0)]
    edge: list[Point] = [(x, y), *((x - side * rise * out, y + rise * down) for out, down in sweep)]
    edge = smooth(edge, closed=False)
    beyond = [point for point in crest if (point[0] - x) * side >= 0]
    beyond = beyond if side == 1 else beyond[::-1]
    end = canvas.w if side == 1 else 0
    lee = [*beyond, (end, canvas.h), *reversed(edge)]
    canvas.polygon(lee, Fade.of(shade, mix(shade, lit, 0.35)), opacity=0.85)

    def ripples(pen: Pen) -> None:
        for k in range(9):
            start = y + rise * (0.35 + 0.16 * k)
            lie = [
                start + rise * 0.05 * math.sin(i * 0.33 + k) + (base - rise * line(i / 60) - y) * 0.8 for i in range(61)
            ]
            row = [(canvas.w * i / 60, height) for i, height in enumerate(lie)]
            pen.line(row, canvas.u * 0.0014, 150)

    canvas.paint(ripples, mix(shade, lit, 0.2), (0, y + rise * 0.3, canvas.w, canvas.h), opacity=0.22)
