"""Among trees: layers of trunks and firs in mist, shafts of light, things that glow."""

from __future__ import annotations

import math
import random

from ..canvas import Canvas, Fade, Pen
from ..colour import Palette, mix
from ..land import hill, rolling, skyline, stars
from .trees import bush, fir, trunk


def paint(canvas: Canvas, palette: Palette, dice: random.Random) -> None:
    w, h, u = canvas.w, canvas.h, canvas.u
    canvas.sky((*palette.sky[1:], palette.sky[-1]), 0.8)
    if palette.dark:
        stars(canvas, dice, palette, 0.5, 120)
    x, y = w * dice.uniform(0.3, 0.7), h * dice.uniform(0.3, 0.45)
    canvas.glow(x, y, u * 0.75, palette.light, 0.65)
    canvas.glow(x, y, u * 0.3, palette.light, 0.6)
    canvas.disc(x, y, u * 0.075, palette.light, opacity=0.9)
    layers = 4
    for i in range(layers):
        nearness = (i + 0.3) / layers
        foot = h * (0.66 + 0.075 * i)
        crest = skyline(canvas, rolling(dice, 1.5), foot + u * 0.02, u * 0.05)
        colour = mix(palette.sky[-1], palette.depth(nearness), 0.35 + 0.55 * nearness)

        def stand(pen: Pen, foot: float = foot, i: int = i) -> None:
            for _ in range(24 - 4 * i):
                at = dice.random() * w
                # The light in the middle stays open.
                if abs(at - x) < u * 0.1 * (1 + 0.5 * i):
                    continue
                fir(pen, dice, at, foot + u * 0.02, u * dice.uniform(0.2, 0.34) * (1 + 0.42 * i))

        tallest = u * 0.36 * (1 + 0.42 * i)
        canvas.paint(stand, Fade.of(mix(colour, palette.near, 0.22), colour), (0, foot - tallest, w, foot + u * 0.03))
        hill(canvas, crest, Fade.of(colour, mix(colour, palette.near, 0.3)))
        canvas.haze(foot - u * 0.2, foot + u * 0.06, mix(palette.sky[-1], palette.light, 0.35), 0.42 * (1 - nearness))
    _shafts(canvas, dice, palette, x, y)
    floor = skyline(canvas, rolling(dice, 1.1), h * 0.95, u * 0.06)
    hill(canvas, floor, Fade.of(palette.depth(0.85), palette.near))

    bark = Fade.of(mix(palette.near, palette.far, 0.12), palette.near)
    canvas.paint(lambda pen: _frame(canvas, pen, dice, 0), bark, (0, 0, w * 0.5, h))
    canvas.paint(lambda pen: _frame(canvas, pen, dice, 1), bark, (w * 0.5, 0, w, h))

    def brush(pen: Pen) -> None:
        for _ in range(16):
            bush(pen, dice, dice.random() * w, h * 1.01, u * dice.uniform(0.03, 0.07))

    canvas.paint(brush, mix(palette.near, (0, 0, 0), 0.25), (0, h - u * 0.2, w, h))
    _mushrooms(canvas, dice, palette)
    for _ in range(34):
        fx, fy, size = dice.random() * w, h * dice.uniform(0.45, 0.96), u * dice.uniform(0.0012, 0.003)
        canvas.glow(fx, fy, size * 7, palette.second, 0.6)
        canvas.disc(fx, fy, size, mix(palette.second, (255, 255, 255), 0.6))


def _frame(canvas: Canvas, pen: Pen, dice: random.Random, side: int) -> None:
    """Two great trunks at one side (0: left) of the picture."""
    for rank in range(2):
        inwards = dice.uniform(0.01, 0.06) + 0.12 * rank
        width = canvas.u * (0.075 - 0.03 * rank) * dice.uniform(0.9, 1.2)
        trunk(pen, dice, canvas.w * abs(side - inwards), -canvas.u * 0.05, canvas.h * (0.99 - 0.03 * rank), width)


def _shafts(canvas: Canvas, dice: random.Random, palette: Palette, x: float, y: float) -> None:
    def draw(pen: Pen) -> None:
        for _ in range(7):
            angle = math.pi / 2 + dice.uniform(-0.75, 0.75)
            reach, spread = canvas.u * dice.uniform(0.55, 1.0), dice.uniform(0.025, 0.07)
            ends = [
                (x + math.cos(angle + side) * reach, y + math.sin(angle + side) * reach) for side in (-spread, spread)
            ]
            pen.polygon([(x, y), *ends], dice.randrange(90, 200))

    box = (x - canvas.u * 0.8, y, x + canvas.u * 0.8, y + canvas.u)
    canvas.paint(draw, palette.light, box, opacity=0.3, blur=canvas.u * 0.008)


def _mushrooms(canvas: Canvas, dice: random.Random, palette: Palette) -> None:
    for _ in range(dice.randrange(4, 8)):
        x, foot, size = (
            dice.uniform(0.06, 0.94) * canvas.w,
            canvas.h * dice.uniform(0.91, 0.975),
            canvas.u * dice.uniform(0.014, 0.03),
        )
        canvas.glow(x, foot - size, size * 3.2, palette.accent, 0.4 if palette.dark else 0.18)
        box = (x - size * 1.3, foot - size * 2.2, x + size * 1.3, foot + size * 0.2)

        def stem(pen: Pen, x: float = x, foot: float = foot, size: float = size) -> None:
            pen.polygon(
                [
                    (x - size * 0.2, foot - size),
                    (x + size * 0.2, foot - size),
                    (x + size * 0.3, foot),
                    (x - size * 0.3, foot),
                ]
            )

        def cap(pen: Pen, x: float = x, foot: float = foot, size: float = size) -> None:
            pen.oval(x, foot - size, size, size * 0.95)
            pen.rectangle(x - 2 * size, foot - size * 0.95, x + 2 * size, foot + size, 0)
            pen.oval(x, foot - size * 0.97, size, size * 0.16)

        canvas.paint(stem, mix(palette.light, palette.far, 0.3), box)
        canvas.paint(cap, Fade.of(mix(palette.accent, (255, 255, 255), 0.2), palette.accent), box)
