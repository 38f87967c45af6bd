"""Drawing with soft edges: shapes are drawn twice as large, reduced to masks, and filled with colours or fades."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from .colour import Colour

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""
FINE = 2
"""Masks are drawn this many times larger than they are used."""


@dataclass(frozen=True, slots=True)
class Fade:
    """A fill that goes from one colour at the top of its box to others below."""

    colours: tuple[Colour, ...]

    @classmethod
    def of(cls, *colours: Colour) -> Fade:
        return cls(colours)


class Pen:
    """Draws into a mask, in the canvas's own pixels."""

    def __init__(self, mask: Image.Image, left: float, top: float) -> None:
        self._draw = ImageDraw.Draw(mask)
        self._left, self._top = left, top

    def _at(self, points: Sequence[Point]) -> list[Point]:
        return [((x - self._left) * FINE, (y - self._top) * FINE) for x, y in points]

    def polygon(self, points: Sequence[Point], ink: int = 255) -> None:
        self._draw.polygon(self._at(points), fill=ink)

    def line(self, points: Sequence[Point], width: float, ink: int = 255) -> None:
        self._draw.line(self._at(points), fill=ink, width=max(1, round(width * FINE)), joint="curve")

    def disc(self, x: float, y: float, radius: float, ink: int = 255) -> None:
        self.oval(x, y, radius, radius, ink)

    def oval(self, x: float, y: float, across: float, down: float, ink: int = 255) -> None:
        """`across` and `down` are half the width and height."""
        [start, end] = self._at([(x - across, y - down), (x + across, y + down)])
        self._draw.ellipse((*start, *end), fill=ink)

    def rectangle(self, left: float, top: float, right: float, bottom: float, ink: int = 255) -> None:
        [start, end] = self._at([(left, top), (right, bottom)])
        if end[0] > start[0] and end[1] > start[1]:
            self._draw.rectangle((*start, max(start[0], end[0] - 1), max(start[1], end[1] - 1)), fill=ink)


class Canvas:
    """A picture on its way. Lengths in scenes are shares of `w`, `h` and `u`, so that every size looks the same."""

    def __init__(self, width: int, height: int) -> None:
        self.w, self.h = width, height
        self.u = min(math.sqrt(width * height), 1.7 * min(width, height))
        """The length of things: the side of a square of this area, less where the picture is very long."""
        self.image = Image.new("RGB", (width, height))

    @property
    def all(self) -> Box:
        return 0, 0, self.w, self.h

    def paint(
        self,
        shapes: Callable[[Pen], None],
        fill: Colour | Fade,
        box: Box | None = None,
        *,
        opacity: float = 1.0,
        blur: float = 0.0,
    ) -> None:
        """Fill what `shapes` draws. `box` bounds it, which saves time; `blur` in pixels softens its edge."""
        left, top, right, bottom = self._clipped(box or self.all)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", ((right - left) * FINE, (bottom - top) * FINE))
        shapes(Pen(mask, left, top))
        mask = mask.reduce(FINE)
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur))
        self.paste(mask, fill, left, top, opacity)

    def polygon(self, points: Sequence[Point], fill: Colour | Fade, *, opacity: float = 1.0) -> None:
        """Fill an outline."""
        across, down = [x for x, _ in points], [y for _, y in points]
        box = (min(across), min(down), max(across), max(down))
        self.paint(lambda pen: pen.polygon(points), fill, box, opacity=opacity)

    def disc(self, x: float, y: float, radius: float, fill: Colour | Fade, *, opacity: float = 1.0) -> None:
        box = (x - radius, y - radius, x + radius, y + radius)
        self.paint(lambda pen: pen.disc(x, y, radius), fill, box, opacity=opacity)

    def paste(self, mask: Image.Image, fill: Colour | Fade, left: int = 0, top: int = 0, opacity: float = 1.0) -> None:
        """Fill through a mask whose corner is here."""
        if opacity < 1:
            mask = mask.point([round(level * opacity) for level in range(256)])
        if isinstance(fill, Fade):
            self.image.paste(fade(fill, *mask.size), (left, top), mask)
        else:
            self.image.paste(fill, (left, top, left + mask.width, top + mask.height), mask)

    def sky(self, colours: Sequence[Colour], down_to: float = 1.0) -> None:
        """Fade the whole canvas; the last colour is reached at this share of the height."""
        self.image.paste(colours[-1], (0, 0, self.w, self.h))
        self.image.paste(fade(Fade(tuple(colours)), self.w, max(1, round(self.h * down_to))), (0, 0))

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Light around a point, gone at `radius`."""
        size = max(2, round(2 * radius))
        light = _halo().resize((size, size), Image.Resampling.BILINEAR)
        self.paste(light, colour, round(x - size / 2), round(y - size / 2), strength)

    def haze(self, top: float, bottom: float, colour: Colour, strength: float) -> None:
        """Mist that thickens from `top` to `bottom` (pixels) and stays so below."""
        first, last = max(0, round(top)), min(self.h, round(bottom))
        if last > first:
            ramp = Image.linear_gradient("L").resize((1, last - first), Image.Resampling.BILINEAR)
            column = Image.new("L", (1, self.h - first), 255)
            column.paste(ramp, (0, 0))
            self.paste(column.resize((self.w, self.h - first), Image.Resampling.NEAREST), colour, 0, first, strength)

    def _clipped(self, box: Box) -> tuple[int, int, int, int]:
        left, top, right, bottom = box
        return (
            max(0, math.floor(left)),
            max(0, math.floor(top)),
            min(self.w, math.ceil(right)),
            min(self.h, math.ceil(bottom)),
        )


def fade(fill: Fade, width: int, height: int) -> Image.Image:
    """The colours of a fade as a picture of this size."""
    stops = fill.colours
    strip = Image.frombytes("RGB", (1, len(stops)), bytes(part for stop in stops for part in stop))
    # From the middle of the first pixel to the middle of the last: there the fade has its first and last colour.
    within = (0, 0.5, 1, len(stops) - 0.5) if len(stops) > 1 else None
    column = strip.resize((1, height), Image.Resampling.BILINEAR, box=within)
    return column.resize((width, height), Image.Resampling.NEAREST)


@lru_cache(maxsize=1)
def _halo() -> Image.Image:
    """Light that falls off from the middle, softly to nothing at the rim."""
    return Image.radial_gradient("L").point([round(255 * max(0.0, 1 - level / 180) ** 2.2) for level in range(256)])


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 6) -> list[Point]:
    """A soft line through these points (Catmull-Rom)."""
    around = [points[-1], *points, *points[:2]] if closed else [points[0], *points, points[-1]]
    out: list[Point] = []
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in zip(around, around[1:], around[2:], around[3:], strict=False):
        out += [
            (ax * a + bx * b + cx * c + dx * d, ay * a + by * b + cy * c + dy * d) for a, b, c, d in _weights(steps)
        ]
    return out if closed else [*out, points[-1]]


@lru_cache(maxsize=8)
def _weights(steps: int) -> tuple[tuple[float, float, float, float], ...]:
    """How much each of four points counts at each step from the second to the third."""
    return tuple(
        ((2 * t**2 - t - t**3) / 2, (3 * t**3 - 5 * t**2 + 2) / 2, (t + 4 * t**2 - 3 * t**3) / 2, (t**3 - t**2) / 2)
        for t in (step / steps for step in range(steps))
    )
