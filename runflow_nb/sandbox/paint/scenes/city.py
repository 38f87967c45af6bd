"""A city: towers behind towers, windows lit, mirrored in water or in a wet street."""

from __future__ import annotations

import random

from ..canvas import Canvas, Fade, Pen
from ..colour import Colour, Palette, mix
from ..land import clouds, glitter, lamp, mirror, stars, stipple


def paint(canvas: Canvas, palette: Palette, dice: random.Random) -> None:
    w, h, u = canvas.w, canvas.h, canvas.u
    shore = h * dice.uniform(0.7, 0.78)
    canvas.sky(palette.sky, shore / h)
    stipple(canvas, dice, palette.light, h * 0.1, shore)
    if palette.dark:
        stars(canvas, dice, palette, 0.5, 150)
    x = w * dice.uniform(0.25, 0.75)
    lamp(canvas, dice, palette, x, h * dice.uniform(0.2, 0.36), u * dice.uniform(0.06, 0.12))
    clouds(canvas, dice, palette, 0.1, 0.42, 4)
    glow = mix(palette.second, palette.light, 0.35)
    for i in range(3):
        nearness = 0.15 + 0.36 * i
        body = mix(palette.depth(nearness), palette.sky[-2], 0.3 * (1 - nearness))
        _row(canvas, dice, palette, shore, body, glow, i)
        canvas.haze(shore - u * 0.3, shore, mix(palette.sky[-1], palette.light, 0.2), 0.34 - 0.1 * i)
    mirror(canvas, dice, shore, mix(palette.near, palette.sky[1], 0.35), 0.38)
    canvas.haze(shore + (h - shore) * 0.2, h, palette.near, 0.55)
    glitter(canvas, dice, x, shore + u * 0.01, h, mix(glow, palette.sky[-1], 0.3), u * 0.1)
    canvas.paint(
        lambda pen: pen.rectangle(0, shore - u * 0.006, w, shore + u * 0.004),
        palette.near,
        (0, shore - u * 0.01, w, shore + u * 0.01),
    )


def _row(
    canvas: Canvas, dice: random.Random, palette: Palette, shore: float, body: Colour, glow: Colour, rank: int
) -> None:
    u = canvas.u
    towers: list[tuple[float, float, float, int]] = []
    x = -u * 0.05 * dice.random()
    while x < canvas.w:
        wide = u * dice.uniform(0.045, 0.1) * (0.8 + 0.28 * rank)
        tall = u * (dice.betavariate(2, 3) * 0.42 + 0.1) * (1.12 - 0.24 * rank)
        towers.append((x, wide, tall, dice.randrange(6)))
        x += wide * dice.uniform(0.92, 1.25)

    def walls(pen: Pen) -> None:
        for left, wide, tall, roof in towers:
            pen.rectangle(left, shore - tall, left + wide, shore)
            _roof(pen, left, wide, shore - tall, roof, u)

    box = (0, shore - u * 0.72, canvas.w, shore)
    canvas.paint(walls, Fade.of(mix(body, palette.sky[-2], 0.12), body, mix(body, palette.sky[-1], 0.25)), box)

    def shades(pen: Pen) -> None:
        for left, wide, tall, _ in towers:
            pen.rectangle(left + wide * 0.66, shore - tall, left + wide, shore)

    canvas.paint(shades, palette.near, box, opacity=0.2)
    lit = (0.55 if palette.dark else 0.34) * (0.5 + 0.25 * rank)

    def windows(pen: Pen) -> None:
        pane, gap = u * 0.0048 * (1 + 0.25 * rank), u * 0.0052 * (1 + 0.25 * rank)
        for left, wide, tall, _ in towers:
            columns = int((wide - 2 * gap) / (pane + gap))
            inset = (wide - columns * (pane + gap) + gap) / 2
            busy = lit * dice.uniform(0.4, 1.3)
            for row in range(int((tall - 2 * gap) / (pane * 1.5 + gap))):
                top = shore - tall + gap * 1.6 + row * (pane * 1.5 + gap)
                for column in range(columns):
                    if dice.random() < busy:
                        at = left + inset + column * (pane + gap)
                        pen.rectangle(at, top, at + pane, top + pane * 1.5, dice.choice((130, 190, 255)))

    canvas.paint(windows, Fade.of(mix(glow, palette.accent, 0.25), glow), box, opacity=0.5 + 0.2 * rank)
    if rank == 2:
        _signs(canvas, dice, palette, towers, shore)


def _roof(pen: Pen, left: float, wide: float, top: float, kind: int, u: float) -> None:
    middle = left + wide / 2
    if kind == 0:
        pen.polygon([(left, top), (left + wide, top), (middle, top - wide * 0.55)])
    elif kind == 1:
        pen.rectangle(middle - wide * 0.28, top - wide * 0.3, middle + wide * 0.28, top)
        pen.rectangle(middle - u * 0.0015, top - wide * 1.1, middle + u * 0.0015, top)
    elif kind == 2:
        pen.polygon([(left, top), (left + wide, top), (left + wide, top - wide * 0.35)])
    elif kind == 3:
        pen.oval(middle, top, wide * 0.34, wide * 0.34)
        pen.rectangle(middle - u * 0.0012, top - wide * 0.75, middle + u * 0.0012, top)


def _signs(
    canvas: Canvas, dice: random.Random, palette: Palette, towers: list[tuple[float, float, float, int]], shore: float
) -> None:
    """A few bright signs on the nearest towers."""
    for left, wide, tall, _ in dice.sample(towers, min(4, len(towers))):
        colour = dice.choice((palette.accent, palette.second))
        x, top = left + wide * dice.uniform(0.15, 0.6), shore - tall * dice.uniform(0.55, 0.85)
        across, down = wide * 0.2, tall * dice.uniform(0.2, 0.34)
        canvas.glow(x + across / 2, top + down / 2, down * 1.2, colour, 0.4 if palette.dark else 0.2)

        def sign(pen: Pen, x: float = x, top: float = top, across: float = across, down: float = down) -> None:
            pen.rectangle(x, top, x + across, top + down)
            for k in range(3):
                y = top + down * (0.14 + 0.29 * k)
                pen.rectangle(x + across * 0.25, y, x + across * 0.75, y + down * 0.15, 60)

        canvas.paint(sign, mix(colour, (255, 255, 255), 0.15), (x, top, x + across, top + down), opacity=0.92)
