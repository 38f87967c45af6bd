"""Colours and palettes: a scene takes all of its colours from one palette, and so holds together."""

from __future__ import annotations

import colorsys
import random
from dataclasses import dataclass, replace

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


def hexed(text: str) -> Colour:
    """`#rrggbb` as a colour."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """From `one` (share 0) to `other` (share 1)."""
    a, b, c = (round(x + (y - x) * share) for x, y in zip(one, other, strict=True))
    return a, b, c


def turned(colour: Colour, turn: float) -> Colour:
    """The same colour with its hue turned by a share of the wheel."""
    hue, light, strength = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    red, green, blue = colorsys.hls_to_rgb((hue + turn) % 1, light, strength)
    return round(red * 255), round(green * 255), round(blue * 255)


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one hour and season."""

    name: str
    """As it is told in a description: "at dawn"."""
    sky: tuple[Colour, ...]
    """From the top to the horizon."""
    far: Colour
    """What is far off, paled by the air."""
    near: Colour
    """What is close, and in shadow."""
    light: Colour
    """The sun or the moon, and what it touches."""
    accent: Colour
    second: Colour
    dark: bool = False
    """Whether stars are out."""

    def depth(self, share: float) -> Colour:
        """The colour of something at this nearness: 0 far off, 1 close."""
        return mix(self.far, self.near, share)

    def varied(self, dice: random.Random) -> Palette:
        """The same palette with every hue turned a little."""
        turn = dice.uniform(-0.022, 0.022)
        return replace(
            self,
            sky=tuple(turned(each, turn) for each in self.sky),
            far=turned(self.far, turn),
            near=turned(self.near, turn),
        )


def _palette(name: str, sky: str, rest: str, dark: bool = False) -> Palette:
    far, near, light, accent, second = (hexed(text) for text in rest.split())
    return Palette(name, tuple(hexed(text) for text in sky.split()), far, near, light, accent, second, dark)


DAWN = _palette("at dawn", "#2b3a67 #7c5c8d #f0a48f #fde2b8", "#d09a9a #2d2a4a #fff1cf #ff7f6b #ffd27d")
ROSE = _palette("in rose light", "#5b4b8a #c77ba6 #f7b5a7 #fff0d9", "#cf93ac #3b2350 #fff6e6 #ff6f91 #ffc75f")
DAY = _palette("in broad day", "#2f80c4 #69b3dd #b9e0ea #fdf3d8", "#93bfcb #1d4650 #fffbe6 #f2784b #ffd23f")
SPRING = _palette("in spring light", "#4c9fb5 #93cfc6 #def0d0 #fff7dc", "#a9d0ab #1b4b40 #fffbe0 #f27c9b #ffd64f")
SUNSET = _palette("at sunset", "#3a1c5a #a8326b #f2643c #ffc65c", "#c2506a #241036 #ffedb5 #ff5d5d #ffb347")
GOLD = _palette("in the golden hour", "#5f5a78 #c58a5e #f2bd63 #fdeab8", "#d8a465 #3a2118 #fff6d0 #e0562f #ffd166")
NIGHT = _palette("by night", "#070b22 #13235a #2e4b8c #7d9cc9", "#3f5d96 #070d22 #f6f2da #ffcf70 #7fd1ff", dark=True)
TEAL = _palette("by starlight", "#041b2a #0b3b4d #17707a #7accb6", "#2b7a80 #04161f #f2f7dc #ffd98a #9af0d0", dark=True)
VIOLET = _palette(
    "on a violet night", "#0d0826 #2a1659 #5e2d8c #c76db4", "#5a3390 #0c0620 #ffe9f5 #ff9ad5 #ffe08a", dark=True
)
AUTUMN = _palette("in autumn", "#4f7688 #a6b9ab #f0d7a2 #fcecca", "#d3a063 #471d1a #fff4d6 #d9482b #f2a33a")
WINTER = _palette("in winter", "#5f89b3 #a3c1da #d9e7f0 #fdf3e7", "#b9cddc #24405e #fffaf0 #d9584a #f5c26b")
NEON = _palette(
    "in neon light", "#0b0524 #2b0a5a #8b1a8f #ff4f9a", "#6a2394 #0a0320 #ffd9f2 #00e5ff #ffde59", dark=True
)

PALETTES = (DAWN, SUNSET, DAY, NIGHT, ROSE, TEAL, GOLD, VIOLET, SPRING, AUTUMN, WINTER, NEON)
"""Neighbours differ strongly: pictures of one run take one after the other."""
