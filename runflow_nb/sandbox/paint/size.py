"""How large a picture is: the area of its tier, in the asked proportions. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

STEP = 4
"""Sides are multiples of this many pixels: fine enough that 8:1 at 0.5K keeps its proportions."""


def picture_size(ratio: str, tier: str) -> tuple[int, int]:
    """(width, height) in pixels with an area of about (1024 x tier) squared. `ratio` is W:H, `tier` like 0.5K."""
    wide, high = parse_ratio(ratio)
    match = re.fullmatch(r"(\d(?:\.\d)?)K", tier)
    side = 1024 * min(float(match[1]) if match else 1.0, 4.0)
    stretch = math.sqrt(wide / high)
    return _rounded(side * stretch), _rounded(side / stretch)


def parse_ratio(ratio: str) -> tuple[int, int]:
    """The two numbers of W:H; a square for anything else."""
    wide, _, high = ratio.partition(":")
    sides = (int(wide), int(high)) if wide.isdigit() and high.isdigit() else (1, 1)
    return sides if all(sides) else (1, 1)


def nearest_ratio(width: int, height: int, choices: Iterable[str]) -> str:
    """The choice whose proportions are nearest to these sides; choices that are no W:H are passed over."""

    def distance(ratio: str) -> float:
        wide, high = parse_ratio(ratio)
        return abs(math.log(width / height * high / wide))

    return min((choice for choice in choices if ":" in choice), key=distance, default="1:1")


def _rounded(side: float) -> int:
    return max(STEP, round(side / STEP) * STEP)
