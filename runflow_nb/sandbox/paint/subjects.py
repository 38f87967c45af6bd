"""What stands in a scene when the prompt names it: flat figures, drawn in a unit frame whose foot is at (0, 0)."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .canvas import Canvas, Fade, Point, smooth
from .colour import Colour, Palette, mix
from .creatures import CREATURES, creature

WATER, GROUND, AIR = "water", "ground", "air"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure stands, and how large: unit coordinates go from -1 at its top to 0 at its foot."""

    canvas: Canvas
    x: float
    foot: float
    size: float
    palette: Palette

    def at(self, points: Sequence[Point]) -> list[Point]:
        return [(self.x + x * self.size, self.foot + y * self.size) for x, y in points]

    def shape(self, points: Sequence[Point], fill: Colour | Fade, *, soft: bool = False, opacity: float = 1.0) -> None:
        """One filled outline; `soft` rounds its corners."""
        placed = self.at(points)
        self.canvas.polygon(smooth(placed) if soft else placed, fill, opacity=opacity)

    def disc(self, x: float, y: float, radius: float, fill: Colour | Fade, opacity: float = 1.0) -> None:
        [(across, down)] = self.at([(x, y)])
        self.canvas.disc(across, down, radius * self.size, fill, opacity=opacity)

    def line(self, points: Sequence[Point], width: float, fill: Colour) -> None:
        placed = self.at(points)
        box = (self.x - self.size, self.foot - self.size * 1.2, self.x + self.size, self.foot + self.size * 0.2)
        self.canvas.paint(lambda pen: pen.line(placed, width * self.size), fill, box)

    def lit(self, colour: Colour) -> Colour:
        """The colour of a thing as it looks in this light."""
        return mix(colour, self.palette.near, 0.36 if self.palette.dark else 0.1)


def boat(place: Place) -> None:
    palette = place.palette
    sail = mix(palette.light, (255, 255, 255), 0.3)
    place.shape(
        [(-0.46, -0.16), (0.46, -0.16), (0.34, 0.0), (-0.32, 0.0)],
        Fade.of(place.lit(palette.accent), place.lit(mix(palette.accent, palette.near, 0.5))),
    )
    place.shape([(-0.012, -0.16), (0.012, -0.16), (0.012, -1.0), (-0.012, -1.0)], palette.near)
    place.shape([(0.035, -0.22), (0.42, -0.24), (0.2, -0.6), (0.035, -0.96)], sail)
    place.shape([(-0.035, -0.22), (-0.34, -0.22), (-0.18, -0.5), (-0.035, -0.84)], mix(sail, palette.sky[-2], 0.35))
    place.shape([(0.012, -1.0), (0.16, -0.96), (0.012, -0.92)], palette.second)
    place.shape([(-0.4, 0.02), (0.4, 0.02), (0.3, 0.045), (-0.28, 0.045)], palette.light, opacity=0.4)


def whale(place: Place) -> None:
    palette = place.palette
    skin = place.lit(mix(palette.sky[0], palette.near, 0.35))
    place.shape(
        [(-0.85, 0.02), (-0.8, -0.26), (-0.5, -0.42), (-0.1, -0.4), (0.3, -0.2), (0.55, 0.02)],
        Fade.of(mix(skin, palette.light, 0.22), skin),
        soft=True,
    )
    tail = [
        (0.6, 0.02),
        (0.66, -0.25),
        (0.62, -0.42),
        (0.4, -0.62),
        (0.62, -0.6),
        (0.71, -0.5),
        (0.82, -0.61),
        (1.03, -0.62),
        (0.82, -0.43),
        (0.78, -0.22),
        (0.76, 0.02),
    ]
    place.shape(tail, Fade.of(mix(skin, palette.light, 0.18), skin), soft=True)
    place.disc(-0.6, -0.16, 0.022, palette.light)
    spout = mix(palette.light, (255, 255, 255), 0.4)
    for lean in (-1, 1):
        drops = [(0, -0.43), (0.02, -0.7), (0.16, -0.84), (0.24, -0.72), (0.15, -0.76), (0.06, -0.66)]
        place.shape([(-0.45 + x * lean, y) for x, y in drops], spout, soft=True, opacity=0.85)
    place.shape([(-0.95, 0.03), (1.05, 0.03), (0.8, 0.075), (-0.7, 0.075)], palette.light, opacity=0.4)


def lighthouse(place: Place) -> None:
    palette = place.palette
    place.shape(
        [(-0.5, 0.06), (-0.34, -0.1), (-0.1, -0.17), (0.16, -0.15), (0.4, -0.06), (0.55, 0.06)],
        palette.depth(0.9),
        soft=True,
    )
    [(lamp_x, lamp_y)] = place.at([(0, -0.84)])
    for side in (-1, 1):
        place.shape(
            [(0, -0.85), (side * 3.2, -1.2), (side * 3.2, -0.62)], palette.light, opacity=0.3 if palette.dark else 0.16
        )
    place.canvas.glow(lamp_x, lamp_y, place.size * 0.5, palette.light, 0.8)
    white, red = place.lit((250, 246, 238)), place.lit(palette.accent)
    place.shape([(-0.13, -0.12), (0.13, -0.12), (0.085, -0.78), (-0.085, -0.78)], white)
    for top, bottom in ((0.66, 0.54), (0.42, 0.28)):
        wide, narrow = (0.13 - (y - 0.12) * 0.068 for y in (bottom, top))
        place.shape([(-wide, -bottom), (wide, -bottom), (narrow, -top), (-narrow, -top)], red)
    place.shape([(0.02, -0.12), (0.13, -0.12), (0.085, -0.78), (0.02, -0.78)], palette.near, opacity=0.22)
    place.shape([(-0.12, -0.78), (0.12, -0.78), (0.12, -0.805), (-0.12, -0.805)], palette.near)
    place.shape([(-0.06, -0.805), (0.06, -0.805), (0.06, -0.9), (-0.06, -0.9)], mix(palette.light, palette.second, 0.4))
    place.shape([(-0.09, -0.9), (0.09, -0.9), (0.0, -1.0)], red)


def balloon(place: Place) -> None:
    palette = place.palette
    skin = [
        (0, -1.0),
        (0.25, -0.93),
        (0.35, -0.7),
        (0.26, -0.45),
        (0.07, -0.25),
        (-0.07, -0.25),
        (-0.26, -0.45),
        (-0.35, -0.7),
        (-0.25, -0.93),
    ]
    place.shape(
        skin, Fade.of(mix(place.lit(palette.accent), palette.light, 0.25), place.lit(palette.accent)), soft=True
    )
    for share in (0.62, 0.2):
        colour = place.lit(palette.second if share > 0.5 else palette.accent)
        place.shape([(x * share, y) for x, y in skin], Fade.of(mix(colour, palette.light, 0.3), colour), soft=True)
    for side in (-1, 1):
        place.line([(side * 0.065, -0.26), (side * 0.05, -0.1)], 0.01, palette.near)
    place.shape(
        [(-0.06, -0.11), (0.06, -0.11), (0.048, 0), (-0.048, 0)], place.lit(mix(palette.second, palette.near, 0.45))
    )


def kite(place: Place) -> None:
    palette = place.palette
    tail = smooth([(0.0, -0.42), (0.06, -0.3), (-0.05, -0.2), (0.05, -0.1), (-0.04, 0.0)], closed=False)
    place.line(tail, 0.012, palette.near)
    for (x, y), colour in zip(tail[8::8], (palette.second, palette.accent, palette.second), strict=False):
        place.shape([(x, y), (x - 0.06, y - 0.035), (x - 0.06, y + 0.035)], colour)
        place.shape([(x, y), (x + 0.06, y - 0.035), (x + 0.06, y + 0.035)], colour)
    place.shape([(0, -1), (0.27, -0.76), (0, -0.42), (-0.27, -0.76)], place.lit(palette.accent))
    place.shape([(0, -1), (0.27, -0.76), (0, -0.76)], place.lit(palette.second))
    place.shape([(0, -0.42), (-0.27, -0.76), (0, -0.76)], place.lit(mix(palette.second, palette.light, 0.4)))


def cabin(place: Place) -> None:
    palette = place.palette
    wall = place.lit(mix(palette.second, palette.near, 0.5))
    [(wx, wy)] = place.at([(0.0, -0.2)])
    place.shape([(0.2, -0.5), (0.32, -0.5), (0.32, -0.85), (0.2, -0.85)], palette.depth(0.9))
    place.shape(
        [(-0.42, 0.02), (0.42, 0.02), (0.42, -0.42), (-0.42, -0.42)], Fade.of(mix(wall, palette.near, 0.25), wall)
    )
    for row in range(1, 6):
        place.shape(
            [(-0.42, -0.07 * row), (0.42, -0.07 * row), (0.42, -0.07 * row - 0.01), (-0.42, -0.07 * row - 0.01)],
            palette.near,
            opacity=0.3,
        )
    place.shape(
        [(-0.56, -0.38), (0, -0.88), (0.56, -0.38), (0.46, -0.36), (0, -0.74), (-0.46, -0.36)], palette.depth(0.95)
    )
    place.shape([(-0.42, -0.4), (0, -0.77), (0.42, -0.4)], mix(wall, palette.near, 0.15))
    snow = mix(palette.light, (255, 255, 255), 0.3)
    place.shape(
        [(-0.57, -0.4), (0, -0.91), (0.57, -0.4), (0.5, -0.385), (0, -0.835), (-0.5, -0.385)], snow, opacity=0.85
    )
    place.canvas.glow(wx, wy, place.size * 0.7, palette.second, 0.5)
    glow = mix(palette.second, (255, 255, 255), 0.35)
    for left in (-0.3, 0.12):
        place.shape([(left, -0.14), (left + 0.18, -0.14), (left + 0.18, -0.32), (left, -0.32)], glow)
        place.shape([(left + 0.085, -0.14), (left + 0.095, -0.14), (left + 0.095, -0.32), (left + 0.085, -0.32)], wall)
        place.shape([(left, -0.225), (left + 0.18, -0.225), (left + 0.18, -0.235), (left, -0.235)], wall)
    place.shape([(-0.06, 0.02), (0.06, 0.02), (0.06, -0.28), (-0.06, -0.28)], palette.depth(0.95))
    for k in range(4):
        place.disc(
            0.27 + 0.05 * k + 0.03 * math.sin(k), -0.93 - 0.075 * k, 0.05 + 0.018 * k, palette.light, 0.3 - 0.05 * k
        )


def figure(place: Place) -> None:
    """Somebody who looks into the distance, with a scarf in the wind."""
    palette = place.palette
    coat, dark = place.lit(mix(palette.accent, palette.near, 0.25)), palette.depth(1.0)
    place.shape([(-0.1, -0.32), (-0.015, -0.32), (-0.02, 0.0), (-0.1, 0.0)], dark)
    place.shape([(0.015, -0.32), (0.1, -0.32), (0.1, 0.0), (0.02, 0.0)], dark)
    place.shape(
        [(-0.09, -0.78), (0.09, -0.78), (0.14, -0.6), (0.19, -0.24), (-0.19, -0.24), (-0.14, -0.6)],
        Fade.of(mix(coat, palette.light, 0.2), coat),
    )
    place.shape(
        [(-0.12, -0.74), (-0.2, -0.46), (-0.15, -0.42), (-0.08, -0.62)], mix(coat, palette.near, 0.2), soft=True
    )
    place.shape([(0.12, -0.74), (0.2, -0.46), (0.15, -0.42), (0.08, -0.62)], mix(coat, palette.near, 0.2), soft=True)
    place.disc(0, -0.88, 0.095, dark)
    place.shape([(-0.1, -0.9), (0, -1.02), (0.1, -0.9), (0.11, -0.8), (-0.11, -0.8)], dark, soft=True)
    scarf = place.lit(palette.second)
    place.shape([(-0.1, -0.81), (0.1, -0.81), (0.11, -0.74), (-0.11, -0.74)], scarf)
    place.shape(
        [
            (0.08, -0.79),
            (0.3, -0.86),
            (0.5, -0.78),
            (0.66, -0.84),
            (0.64, -0.76),
            (0.48, -0.7),
            (0.28, -0.78),
            (0.08, -0.74),
        ],
        scarf,
        soft=True,
    )


FIGURES: dict[str, tuple[Callable[[Place], None], str, float]] = {
    "boat": (boat, WATER, 0.26),
    "whale": (whale, WATER, 0.24),
    "lighthouse": (lighthouse, WATER, 0.5),
    "balloon": (balloon, AIR, 0.34),
    "kite": (kite, AIR, 0.34),
    "cabin": (cabin, GROUND, 0.22),
    "figure": (figure, GROUND, 0.3),
}
"""Name -> how it is drawn, where it belongs, and its height as a share of `u`."""


def put(canvas: Canvas, name: str, palette: Palette, dice: random.Random, foot: float) -> None:
    """Put a subject into a finished scene. `foot`: the share of the height where the ground is."""
    left, right = 0.3, 0.7
    if name in CREATURES:
        x, size = canvas.w * dice.uniform(left, right), canvas.u * dice.uniform(0.32, 0.38)
        place = Place(canvas, x, canvas.h * foot, min(size, canvas.h * 0.7), palette)
        creature(place, CREATURES[name])
        return
    draw, where, share = FIGURES[name]
    size = min(canvas.u * share * dice.uniform(0.9, 1.15), canvas.h * 0.7)
    y = {WATER: 0.74, GROUND: foot, AIR: 0.16}[where] * canvas.h + (size if where == AIR else 0)
    draw(Place(canvas, canvas.w * dice.uniform(left, right), y, size, palette))
