"""Open water: a sun with its path of light, swell behind swell, islands, a breaking edge."""

from __future__ import annotations

import math
import random

from ..canvas import Canvas, Fade
from ..colour import Palette, mix
from ..land import birds, clouds, glitter, jagged, lamp, skyline, stars, stipple


def paint(canvas: Canvas, palette: Palette, dice: random.Random) -> None:
    w, h, u = canvas.w, canvas.h, canvas.u
    horizon = h * dice.uniform(0.5, 0.58)
    canvas.sky(palette.sky, horizon / h)
    stipple(canvas, dice, palette.light, horizon - u * 0.4, horizon)
    if palette.dark:
        stars(canvas, dice, palette, horizon / h)
    x = w * dice.uniform(0.25, 0.75)
    radius = u * dice.uniform(0.065, 0.11)
    low = not palette.dark and dice.random() < 0.6
    y = horizon - radius * (0.25 if low else dice.uniform(1.6, 2.6))
    clouds(canvas, dice, palette, 0.06, horizon / h - 0.1, 5)
    lamp(canvas, dice, palette, x, y, radius)
    _islands(canvas, dice, palette, horizon)
    near_water = mix(palette.near, palette.sky[0], 0.42)
    far_water = mix(palette.sky[-2], palette.far, 0.35)
    water = Fade.of(far_water, mix(far_water, near_water, 0.65), near_water)
    canvas.polygon([(0, horizon), (w, horizon), (w, h), (0, h)], water)
    shine = mix(palette.light, palette.sky[-1], 0.2)
    glitter(canvas, dice, x, horizon + u * 0.003, horizon + (h - horizon) * 0.5, shine, u * 0.16)
    waves = 6
    for i in range(waves):
        share = (i + 1) / waves
        base = horizon + (h - horizon) * (0.2 + 0.76 * share**1.3)
        _swell(canvas, dice, palette, base, share, far_water, near_water)
        if share < 0.8:
            glitter(canvas, dice, x, base + u * 0.01, base + u * 0.09, shine, u * (0.08 + 0.07 * share))
    birds(canvas, dice, palette.near, w * dice.uniform(0.2, 0.8), horizon - u * dice.uniform(0.15, 0.25), 5)


def _islands(canvas: Canvas, dice: random.Random, palette: Palette, horizon: float) -> None:
    for i in range(2):
        line = jagged(dice, 0.42)
        start, length = dice.uniform(-0.15, 0.75), dice.uniform(0.25, 0.5)
        crest = [
            (
                canvas.w * (start + length * k / 80),
                horizon - canvas.u * 0.11 * line(k / 80) * math.sin(k / 80 * math.pi) ** 0.8,
            )
            for k in range(81)
        ]
        colour = palette.depth(0.12 + 0.22 * i)
        canvas.polygon(crest, Fade.of(colour, mix(colour, palette.sky[-1], 0.4)))


def _swell(canvas: Canvas, dice: random.Random, palette: Palette, base: float, share: float,
           far: tuple[int, int, int], near: tuple[int, int, int]) -> None:  # fmt: skip
    """One wave across the picture, with light along its crest."""
    pitch, phase = dice.uniform(2.0, 3.4) / (0.35 + share), dice.uniform(0, 7)
    rise = canvas.u * (0.012 + 0.036 * share)
    aspect = canvas.w / canvas.u

    def line(place: float) -> float:
        turn = place * aspect * pitch * math.tau + phase
        # A trochoid: sharp crests, long troughs.
        return 1.0 - math.pow(abs(math.sin(turn / 2 + 0.35 * math.sin(turn * 0.5 + phase))), 0.8)

    crest = skyline(canvas, line, base, rise, 240)
    body = mix(far, near, share)
    thick = canvas.u * (0.0018 + 0.004 * share)
    tones = Fade.of(mix(body, palette.sky[-1], 0.34), body, mix(body, palette.near, 0.3))
    canvas.polygon([*crest, (canvas.w, canvas.h), (0, canvas.h)], tones)
    below = [(x, y + thick * (0.15 + 3.4 * line(x / canvas.w) ** 1.6)) for x, y in reversed(crest)]
    canvas.polygon([*crest, *below], mix(palette.light, body, 0.35), opacity=0.5 + 0.3 * share)
