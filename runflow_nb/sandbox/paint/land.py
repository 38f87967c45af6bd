"""What many scenes share: skylines of hills, suns and moons, stars, clouds, water that mirrors."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import pairwise

from PIL import Image, ImageFilter, ImageOps

from .canvas import Canvas, Fade, Pen, Point, smooth
from .colour import Colour, Palette, mix

Line = Callable[[float], float]
"""A height (0 to 1) for each place (0 to 1) along a line."""


def rolling(dice: random.Random, waves: float = 2.0) -> Line:
    """Soft hills."""
    parts = [(dice.uniform(0.7, 1.3) * waves * 1.9**i, dice.uniform(0, 7), 0.5**i) for i in range(3)]
    total = sum(weight for _, _, weight in parts)
    return lambda x: 0.5 + sum(math.sin(x * pitch * math.tau / 2 + phase) * w for pitch, phase, w in parts) / total / 2


def jagged(dice: random.Random, roughness: float = 0.52, octaves: int = 7) -> Line:
    """Mountains: a line halved and shaken again and again."""
    heights = [dice.uniform(0.1, 0.9) for _ in range(4)]
    shake = 0.55
    for _ in range(octaves):
        finer = []
        for a, b in pairwise(heights):
            finer += [a, (a + b) / 2 + dice.uniform(-shake, shake) / 2]
        heights = [*finer, heights[-1]]
        shake *= roughness
    low, high = min(heights), max(heights)
    scaled = [(each - low) / (high - low) for each in heights]

    def line(x: float) -> float:
        place = min(max(x, 0.0), 1.0) * (len(scaled) - 1)
        first = min(int(place), len(scaled) - 2)
        return scaled[first] + (scaled[first + 1] - scaled[first]) * (place - first)

    return line


def skyline(canvas: Canvas, line: Line, base: float, rise: float, points: int = 160) -> list[Point]:
    """The line across the canvas: `base` is its lowest y, `rise` how far it goes up (pixels)."""
    return [(canvas.w * i / points, base - rise * line(i / points)) for i in range(points + 1)]


def hill(canvas: Canvas, crest: list[Point], fill: Colour | Fade) -> None:
    """Fill everything below a crest."""
    canvas.polygon([*crest, (canvas.w, canvas.h), (0, canvas.h)], fill)


def stars(canvas: Canvas, dice: random.Random, palette: Palette, down_to: float, count: int = 220) -> None:
    """Stars above this share of the height, fewer and fainter towards the horizon."""

    def draw(pen: Pen) -> None:
        for _ in range(count):
            height = dice.random() ** 1.6
            size = canvas.u * dice.choice((0.0006, 0.0008, 0.0011, 0.0016))
            pen.disc(
                dice.random() * canvas.w, height * down_to * canvas.h, max(size, 0.4), round(255 * (1 - height * 0.8))
            )

    canvas.paint(draw, mix(palette.light, (255, 255, 255), 0.4), (0, 0, canvas.w, canvas.h * down_to))
    for _ in range(5):
        x, y, size = (
            dice.random() * canvas.w,
            dice.random() * down_to * 0.6 * canvas.h,
            canvas.u * dice.uniform(0.005, 0.009),
        )
        canvas.glow(x, y, size * 2.5, palette.light, 0.35)
        thin = size * 0.14
        spark = [
            (0, -size),
            (thin, -thin),
            (size, 0),
            (thin, thin),
            (0, size),
            (-thin, thin),
            (-size, 0),
            (-thin, -thin),
        ]
        canvas.polygon([(x + right, y + down) for right, down in spark], palette.light)


def lamp(canvas: Canvas, dice: random.Random, palette: Palette, x: float, y: float, radius: float) -> None:
    """The sun by day, the moon when stars are out, with its light around it."""
    canvas.glow(x, y, radius * 7.5, palette.light, 0.34)
    canvas.glow(x, y, radius * 3.2, palette.light, 0.42)
    box = (x - radius, y - radius, x + radius, y + radius)
    crescent = palette.dark and dice.random() < 0.55

    def disc(pen: Pen) -> None:
        pen.disc(x, y, radius)
        if crescent:
            pen.disc(x + radius * 0.42, y - radius * 0.18, radius * 0.9, 0)

    canvas.paint(disc, Fade.of(mix(palette.light, (255, 255, 255), 0.5), palette.light), box)
    if palette.dark and not crescent:

        def craters(pen: Pen) -> None:
            for _ in range(6):
                angle, out = dice.uniform(0, math.tau), dice.uniform(0, 0.62) * radius
                pen.disc(x + math.cos(angle) * out, y + math.sin(angle) * out, radius * dice.uniform(0.06, 0.17))

        canvas.paint(craters, mix(palette.light, palette.sky[-2], 0.28), box, opacity=0.7)


def stipple(canvas: Canvas, dice: random.Random, colour: Colour, top: float, bottom: float, count: int = 900) -> None:
    """Fine dots that thicken from `top` to `bottom` (pixels), as print-makers shade a sky."""

    def draw(pen: Pen) -> None:
        for _ in range(count):
            y = top + (bottom - top) * math.sqrt(dice.random())
            pen.disc(dice.random() * canvas.w, y, canvas.u * dice.uniform(0.0006, 0.0014))

    canvas.paint(draw, colour, (0, top, canvas.w, bottom), opacity=0.4)


def clouds(canvas: Canvas, dice: random.Random, palette: Palette, top: float, bottom: float, count: int) -> None:
    """Flat-bottomed clouds, lit from above, between these shares of the height."""
    for i in range(count):
        y = canvas.h * (top + (bottom - top) * (i + dice.random()) / count)
        length = canvas.u * dice.uniform(0.16, 0.42)
        x = dice.uniform(-0.2, 1.0) * canvas.w
        puffs = [(dice.random(), dice.uniform(0.25, 1.0)) for _ in range(9)]
        tall = length * dice.uniform(0.13, 0.2)

        def draw(pen: Pen, x: float = x, y: float = y, length: float = length, tall: float = tall,
                 puffs: list[tuple[float, float]] = puffs) -> None:  # fmt: skip
            for place, size in puffs:
                swell = math.sin(place * math.pi) * size
                pen.disc(x + length * place, y, tall * swell * 0.9 + tall * 0.2)
            pen.rectangle(x - length, y, x + 2 * length, y + 2 * tall, 0)
            pen.oval(x + length / 2, y, length * 0.56, tall * 0.13)

        top_colour = mix(palette.light, palette.sky[-1], 0.25)
        canvas.paint(
            draw,
            Fade.of(top_colour, mix(palette.sky[-1], palette.sky[-2], 0.5)),
            (x - length * 0.2, y - tall * 1.3, x + length * 1.2, y + tall * 0.3),
            opacity=dice.uniform(0.3, 0.6) * (0.55 if palette.dark else 1.0),
        )


def birds(canvas: Canvas, dice: random.Random, colour: Colour, x: float, y: float, count: int = 7) -> None:
    """A flock, far off."""

    def draw(pen: Pen) -> None:
        for _ in range(count):
            cx, cy = x + canvas.u * dice.gauss(0, 0.07), y + canvas.u * dice.gauss(0, 0.03)
            span, lift = canvas.u * dice.uniform(0.008, 0.018), dice.uniform(0.25, 0.6)
            wings = [(-1, -lift), (-0.5, -lift * 1.1), (0, 0), (0.5, -lift * 1.1), (1, -lift)]
            line = smooth([(cx + wx * span, cy + wy * span) for wx, wy in wings], closed=False, steps=5)
            pen.line(line, canvas.u * 0.0022)

    spread = canvas.u * 0.26
    canvas.paint(draw, colour, (x - spread, y - spread / 2, x + spread, y + spread / 2), opacity=0.85)


def mirror(canvas: Canvas, dice: random.Random, horizon: float, water: Colour, share: float = 0.45) -> None:
    """Water below the horizon (pixels): what stands above it upside down, rippled and tinted."""
    line = round(horizon)
    below = canvas.h - line
    if below <= 1 or line <= 1:
        return
    source = canvas.image.crop((0, max(0, line - round(below * 1.25)), canvas.w, line))
    image = ImageOps.flip(source).resize((canvas.w, below), Image.Resampling.BILINEAR)
    image = image.filter(ImageFilter.BoxBlur((canvas.u * 0.004, canvas.u * 0.0015)))
    image = Image.blend(image, Image.new("RGB", image.size, water), share)
    rippled = image.copy()
    row, phase = 0.0, dice.uniform(0, 7)
    while row < below:
        step = max(1.0, canvas.u * 0.0022 * (1 + 5 * row / below))
        shift = round(
            math.sin(row / canvas.u * 190 / (1 + 3 * row / below) + phase) * canvas.u * 0.004 * (0.4 + row / below)
        )
        top, bottom = round(row), min(below, round(row + step))
        if shift and bottom > top:
            rippled.paste(image.crop((0, top, canvas.w, bottom)), (shift, top))
        row += step
    canvas.image.paste(rippled, (0, line))


def glitter(
    canvas: Canvas, dice: random.Random, x: float, top: float, bottom: float, colour: Colour, width: float
) -> None:
    """The path of light that a sun or moon lays on water."""

    def draw(pen: Pen) -> None:
        rows = 46
        for i in range(rows):
            share = (i + dice.random()) / rows
            y = top + (bottom - top) * share**1.5
            for _ in range(2 + round(3 * share)):
                length = width * (0.12 + 0.5 * share) * dice.uniform(0.2, 1)
                cx = x + dice.gauss(0, 0.32) * width * (0.35 + 0.9 * share)
                pen.oval(
                    cx, y, length * 0.5, canvas.u * 0.0011 * (0.6 + 2.4 * share), round(255 * dice.uniform(0.4, 1))
                )

    canvas.paint(draw, colour, (x - 1.8 * width, top, x + 1.8 * width, bottom), opacity=0.85)


def snowfall(canvas: Canvas, dice: random.Random, count: int = 420) -> None:
    """Flakes, near and far."""

    def draw(pen: Pen) -> None:
        for _ in range(count):
            size = canvas.u * 0.0055 * dice.random() ** 2 + canvas.u * 0.0008
            pen.disc(dice.random() * canvas.w, dice.random() * canvas.h, size, dice.randrange(110, 256))

    canvas.paint(draw, (255, 255, 255), opacity=0.85)


def rainfall(canvas: Canvas, dice: random.Random, colour: Colour, count: int = 260) -> None:
    """Slanting streaks."""

    def draw(pen: Pen) -> None:
        for _ in range(count):
            x, y, length = dice.random() * canvas.w * 1.1, dice.random() * canvas.h, canvas.u * dice.uniform(0.02, 0.07)
            end = (x - length * 0.22, y + length)
            pen.line([(x, y), end], canvas.u * 0.0009, dice.randrange(70, 200))

    canvas.paint(draw, colour, opacity=0.5)
