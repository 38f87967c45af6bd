"""Firs and trunks, alone and in rows."""

from __future__ import annotations

import random

from ..canvas import Canvas, Fade, Pen, Point
from ..colour import Colour


def fir(pen: Pen, dice: random.Random, x: float, foot: float, height: float) -> None:
    """A fir whose foot stands here."""
    tiers = 7
    lean = dice.uniform(-0.02, 0.02) * height
    left: list[Point] = []
    right: list[Point] = []
    for tier in range(tiers):
        share = tier / tiers
        y = foot - height * (1 - share * 0.92)
        wide = height * 0.2 * (0.1 + share) * dice.uniform(0.85, 1.15)
        drop = height * 0.92 / tiers
        middle = x + lean * (1 - share)
        right += [(middle + wide * 0.32, y + drop * 0.35), (middle + wide, y + drop * 1.2)]
        left += [(middle - wide * 0.32, y + drop * 0.35), (middle - wide, y + drop * 1.2)]
    pen.polygon([(x + lean, foot - height), *right, (x, foot - height * 0.04), *reversed(left)])
    pen.rectangle(x - height * 0.018, foot - height * 0.1, x + height * 0.018, foot + height * 0.02)


def fir_row(
    canvas: Canvas,
    dice: random.Random,
    crest: list[Point],
    fill: Colour | Fade,
    smallest: float,
    tallest: float,
    count: int,
) -> None:
    """Firs along a crest, in groves; sizes are shares of `u`."""
    groves = [dice.random() for _ in range(5)]

    def draw(pen: Pen) -> None:
        for i in range(count):
            place = dice.gauss(dice.choice(groves), 0.08) if i % 3 else dice.random()
            if not 0 <= place <= 1:
                continue
            x, y = crest[round(place * (len(crest) - 1))]
            fir(
                pen,
                dice,
                x + dice.uniform(-1, 1) * canvas.u * 0.01,
                y + canvas.u * 0.012,
                canvas.u * dice.uniform(smallest, tallest),
            )

    top = min(y for _, y in crest) - canvas.u * tallest * 1.1
    canvas.paint(draw, fill, (0, top, canvas.w, canvas.h))


def trunk(pen: Pen, dice: random.Random, x: float, top: float, foot: float, width: float) -> None:
    """A tall trunk that widens into its roots, with a few bare boughs."""
    sway = dice.uniform(-0.5, 0.5) * width
    root = width * 0.85
    middle = (top + foot) / 2
    right = [(x + width * 0.46, middle), (x + width * 0.55, foot - root), (x + width * 1.15, foot)]
    left = [(x - width * 1.15, foot), (x - width * 0.55, foot - root), (x - width * 0.46, middle)]
    pen.polygon([(x + sway - width * 0.32, top), (x + sway + width * 0.32, top), *right, *left])
    for _ in range(3):
        side, y = dice.choice((-1, 1)), top + (foot - top) * dice.uniform(0.05, 0.55)
        reach = width * dice.uniform(1.2, 3.2)
        pen.polygon([(x, y), (x + side * reach, y - reach * 0.55), (x, y + width * 0.35)])


def bush(pen: Pen, dice: random.Random, x: float, foot: float, size: float) -> None:
    """A round clump of leaves."""
    for _ in range(7):
        pen.disc(
            x + dice.gauss(0, 0.55) * size, foot - abs(dice.gauss(0, 0.35)) * size, size * dice.uniform(0.25, 0.55)
        )
