"""Rolling fields, and flowers close enough to touch."""

from __future__ import annotations

import math
import random

from ..canvas import Canvas, Fade, Pen, Point, smooth
from ..colour import Colour, Palette, mix, turned
from ..land import birds, clouds, hill, lamp, rolling, skyline, stars, stipple
from .trees import bush


def paint(canvas: Canvas, palette: Palette, dice: random.Random) -> None:
    w, h, u = canvas.w, canvas.h, canvas.u
    horizon = dice.uniform(0.42, 0.52)
    canvas.sky(palette.sky, horizon + 0.05)
    stipple(canvas, dice, palette.light, h * 0.08, h * horizon)
    if palette.dark:
        stars(canvas, dice, palette, horizon)
    lamp(
        canvas,
        dice,
        palette,
        w * dice.uniform(0.2, 0.8),
        h * horizon - u * dice.uniform(0.1, 0.28),
        u * dice.uniform(0.06, 0.1),
    )
    clouds(canvas, dice, palette, 0.08, horizon - 0.12, 5)
    birds(canvas, dice, palette.near, w * dice.uniform(0.25, 0.75), h * (horizon - 0.18), 5)
    fields = 4
    for i in range(fields):
        share = (i + 0.6) / fields
        crest = skyline(canvas, rolling(dice, 1.6), h * (horizon + 0.05 + 0.13 * i), u * 0.09)
        green = mix(mix(palette.far, palette.second, 0.28), palette.near, 0.14 + 0.62 * share)
        if i < 3:

            def grove(pen: Pen, crest: list[Point] = crest, share: float = share) -> None:
                for _ in range(5):
                    start = dice.randrange(len(crest) - 12)
                    for x, y in crest[start : start + dice.randrange(3, 12) : 2]:
                        bush(pen, dice, x, y + u * 0.01, u * dice.uniform(0.014, 0.03) * (0.5 + share))

            top = min(y for _, y in crest) - u * 0.08
            leaves = mix(green, palette.near, 0.4)
            canvas.paint(grove, Fade.of(mix(leaves, palette.light, 0.12), leaves), (0, top, w, top + u * 0.22))
        hill(canvas, crest, Fade.of(mix(green, palette.sky[-1], 0.3 * (1 - share)), mix(green, palette.near, 0.2)))
        _rows(canvas, crest, mix(green, palette.near, 0.35), share)
    flowers(canvas, palette, dice, 0.58, 44)


def flowers(canvas: Canvas, palette: Palette, dice: random.Random, top: float, count: int) -> None:
    """Flowers from this share of the height down, larger towards the viewer."""
    w, h, u = canvas.w, canvas.h, canvas.u
    colours = [palette.accent, palette.second, mix(palette.accent, palette.light, 0.55), turned(palette.accent, 0.09)]
    _grass(canvas, dice, palette, top + 0.12)
    for i in range(count):
        share = i / count
        foot = h * (top + 0.2 + 0.3 * share)
        size = u * (0.016 + 0.044 * share**1.4) * dice.uniform(0.75, 1.2)
        x, y = w * dice.uniform(-0.02, 1.02), foot - size * dice.uniform(2.4, 4.2)
        stem_foot = x + dice.uniform(-1, 1) * size
        leaf = mix(mix(palette.far, palette.second, 0.2), palette.near, 0.55 + 0.25 * share)
        _stem(canvas, dice, leaf, x, y, stem_foot, foot + size, size)
        _bloom(canvas, dice, dice.choice(colours), palette, x, y, size)


def _stem(
    canvas: Canvas, dice: random.Random, colour: Colour, x: float, y: float, foot_x: float, foot: float, size: float
) -> None:
    side = dice.choice((-1, 1))

    def draw(pen: Pen) -> None:
        pen.line(
            smooth([(x, y), ((x + foot_x) / 2 + side * size * 0.2, (y + foot) / 2), (foot_x, foot)], closed=False),
            size * 0.11,
        )
        for k, turn in ((0.45, side), (0.7, -side)):
            at = (x + (foot_x - x) * k, y + (foot - y) * k)
            tip = (at[0] + turn * size * 1.15, at[1] - size * 0.75)
            middle = ((at[0] + tip[0]) / 2, (at[1] + tip[1]) / 2)
            pen.polygon(smooth([at, (middle[0] - turn * size * 0.1, middle[1] - size * 0.24), tip,
                                (middle[0] + turn * size * 0.16, middle[1] + size * 0.2)]))  # fmt: skip

    canvas.paint(draw, colour, (min(x, foot_x) - 2 * size, y - size, max(x, foot_x) + 2 * size, foot))


def _bloom(
    canvas: Canvas, dice: random.Random, colour: Colour, palette: Palette, x: float, y: float, size: float
) -> None:
    kind, petals, spin = dice.randrange(3), dice.choice((5, 6, 8)), dice.random()
    box = (x - size * 1.25, y - size * 1.25, x + size * 1.25, y + size * 1.25)
    if kind == 2:
        _tulip(canvas, colour, x, y, size)
        return

    def ring(pen: Pen, reach: float, broad: float, turn: float) -> None:
        for k in range(petals):
            angle = (k / petals + spin + turn) * math.tau
            out, over = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
            shape = [
                (0.12, 0.0),
                (0.55, broad),
                (0.92, broad * 0.75),
                (1.0, 0.0),
                (0.92, -broad * 0.75),
                (0.55, -broad),
            ]
            pen.polygon(
                smooth(
                    [(x + (out[0] * a + over[0] * b) * reach, y + (out[1] * a + over[1] * b) * reach) for a, b in shape]
                )
            )

    broad = 1.5 / petals
    canvas.paint(lambda pen: ring(pen, size, broad, 0.5 / petals), mix(colour, palette.near, 0.22), box)
    canvas.paint(lambda pen: ring(pen, size * (0.9 if kind else 0.97), broad * 0.92, 0.0),
                 Fade.of(mix(colour, palette.light, 0.35), colour), box)  # fmt: skip
    heart = (
        mix(palette.second, palette.near, 0.12) if colour != palette.second else mix(palette.accent, palette.near, 0.3)
    )
    canvas.paint(lambda pen: pen.disc(x, y, size * 0.26), heart, box)
    canvas.paint(
        lambda pen: pen.disc(x - size * 0.06, y - size * 0.06, size * 0.14), mix(heart, palette.light, 0.5), box
    )


def _tulip(canvas: Canvas, colour: Colour, x: float, y: float, size: float) -> None:
    half = [(0.22, -0.3), (0.6, -0.75), (0.62, 0.25)]
    cup = [(0, 0.8), *((-across, down) for across, down in reversed(half)), (0, -0.9), *half]
    heart = [(0, 0.78), (-0.33, 0), (0, -0.88), (0.33, 0)]
    for outline, fill in (
        (cup, mix(colour, (0, 0, 0), 0.16)),
        (heart, Fade.of(mix(colour, (255, 255, 255), 0.3), colour)),
    ):
        canvas.polygon(smooth([(x + across * size, y + down * size) for across, down in outline]), fill)


def _rows(canvas: Canvas, crest: list[Point], colour: Colour, share: float) -> None:
    """Furrows that follow the lie of the land."""
    gap = canvas.u * (0.008 + 0.016 * share)

    def draw(pen: Pen) -> None:
        for k in range(1, 7):
            pen.line([(x, y + gap * k * (1 + 0.16 * k)) for x, y in crest[::4]], canvas.u * 0.0016, 200 - 22 * k)

    top = min(y for _, y in crest)
    canvas.paint(draw, colour, (0, top, canvas.w, top + canvas.u * 0.35), opacity=0.4)


def _grass(canvas: Canvas, dice: random.Random, palette: Palette, top: float) -> None:
    for layer in range(2):
        base = canvas.h * (top + 0.1 + 0.2 * layer)

        def draw(pen: Pen, base: float = base, layer: int = layer) -> None:
            for _ in range(150):
                x, tall = dice.random() * canvas.w, canvas.u * dice.uniform(0.03, 0.075) * (1 + 0.5 * layer)
                lean, foot = dice.gauss(0, 0.25) * tall, base + canvas.u * dice.uniform(0.02, 0.1)
                wide = canvas.u * 0.0028 * (1 + 0.4 * layer)
                bend, middle = x + lean * 0.4, foot - tall * 0.6
                blade = [(x - wide, foot), (bend - wide * 0.5, middle), (x + lean, foot - tall)]
                pen.polygon([*blade, (bend + wide * 0.6, middle), (x + wide, foot)])
            pen.rectangle(0, base + canvas.u * 0.015, canvas.w, canvas.h)

        green = mix(mix(palette.far, palette.second, 0.2), palette.near, 0.66 + 0.16 * layer)
        canvas.paint(
            draw, Fade.of(green, mix(green, palette.near, 0.5)), (0, base - canvas.u * 0.12, canvas.w, canvas.h)
        )
