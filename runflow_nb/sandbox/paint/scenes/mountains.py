"""Ranges behind ranges, snow on the highest, mist between them, firs in front."""

from __future__ import annotations

import random

from ..canvas import Canvas, Fade, Pen, Point
from ..colour import Palette, mix
from ..land import birds, clouds, hill, jagged, lamp, rolling, skyline, stars, stipple
from .trees import fir_row


def paint(canvas: Canvas, palette: Palette, dice: random.Random) -> None:
    w, h, u = canvas.w, canvas.h, canvas.u
    horizon = dice.uniform(0.5, 0.62)
    canvas.sky(palette.sky, horizon + 0.06)
    stipple(canvas, dice, palette.light, h * 0.1, h * horizon)
    if palette.dark:
        stars(canvas, dice, palette, horizon)
    lamp(
        canvas,
        dice,
        palette,
        w * dice.uniform(0.2, 0.8),
        h * horizon - u * dice.uniform(0.1, 0.3),
        u * dice.uniform(0.05, 0.085),
    )
    clouds(canvas, dice, palette, 0.08, horizon - 0.16, 4)
    ranges = 4
    for i in range(ranges):
        nearness = (i + 0.4) / (ranges + 0.8)
        line = jagged(dice, 0.5)
        base = h * (horizon + 0.07 * i + 0.03)
        rise = u * (0.3 - 0.045 * i)
        crest = skyline(canvas, line, base, rise, 260)
        body = palette.depth(nearness)
        hill(canvas, crest, Fade.of(body, mix(body, palette.sky[-1], 0.42)))
        if i < 2:
            _snow(
                canvas,
                dice,
                crest,
                base,
                rise,
                mix(palette.light, body, 0.12 + 0.2 * (1 - i)),
                mix(body, palette.near, 0.3),
            )
        canvas.haze(base - rise * 0.35, base + u * 0.08, mix(palette.sky[-1], palette.light, 0.2), 0.42 - 0.06 * i)
    birds(canvas, dice, palette.near, w * dice.uniform(0.25, 0.75), h * (horizon - 0.2))
    crest = skyline(canvas, rolling(dice, 1.3), h * 0.95, u * 0.11)
    hill(canvas, crest, Fade.of(palette.depth(0.86), palette.near))
    fir_row(canvas, dice, crest, palette.depth(0.93), 0.05, 0.14, 46)


def _snow(canvas: Canvas, dice: random.Random, crest: list[Point], base: float, rise: float, snow: tuple[int, int, int],
          shade: tuple[int, int, int]) -> None:  # fmt: skip
    """White caps with a ragged lower edge, and the sides of the peaks that lie in shadow."""
    limit = base - rise * 0.56
    peaks = [
        i for i in range(6, len(crest) - 6)
        if crest[i][1] == min(y for _, y in crest[i - 6 : i + 7]) and crest[i][1] < base - rise * 0.5
    ]  # fmt: skip
    ragged = jagged(dice, 0.75, 5)
    edges = [(x, max(y, limit + (ragged(x / canvas.w) - 0.5) * 0.5 * rise)) for x, y in crest]

    def caps(pen: Pen) -> None:
        pen.polygon([*crest, *reversed(edges)])

    def sides(pen: Pen) -> None:
        for i in peaks:
            x, y = crest[i]
            down = [
                (x + (dice.uniform(-0.03, 0.04) + 0.016 * step) * rise, y + (base - y) * step / 6)
                for step in range(1, 7)
            ]
            right = [point for point in crest[i:] if point[0] < x + rise * 0.9]
            pen.polygon([*right, (x + rise * 0.9, base), *reversed(down), (x, y)])
        pen.polygon([(x, y - canvas.u * 0.001) for x, y in crest] + [(canvas.w, 0), (0, 0)], 0)

    box = (0, base - rise * 1.02, canvas.w, base)
    canvas.paint(caps, snow, box, opacity=0.9)
    canvas.paint(sides, shade, box, opacity=0.34)
