"""A film of one painted scene: a camera that travels over it. The same order is the same film."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Iterator

from PIL import Image

from ..paint.ribbon import mark

QUALITY = 82
WIDEST, CLOSEST = 1.0, 0.72
"""Share of the scene that the camera sees, from afar and from near."""


def travel(
    scene: Image.Image, width: int, height: int, count: int, dice: random.Random, text: str, *, loop: bool
) -> Iterator[bytes]:
    """`count` JPEG frames, each with `text` in its ribbon; with `loop` the camera comes back to where it began."""
    far, near = (0.0, 0.0, WIDEST), (dice.uniform(0, 1), dice.uniform(0, 1), CLOSEST)
    start, end = (far, near) if dice.random() < 0.5 else (near, far)
    for number in range(count):
        way = number / count if loop else number / max(1, count - 1)
        share = (1 - math.cos(2 * math.pi * way if loop else math.pi * way)) / 2
        x, y, seen = (a + (b - a) * share for a, b in zip(start, end, strict=True))
        left, top = x * (1 - seen) * scene.width, y * (1 - seen) * scene.height
        box = (left, top, left + seen * scene.width, top + seen * scene.height)
        frame = scene.resize((width, height), Image.Resampling.BILINEAR, box=box)
        mark(frame, text)
        out = io.BytesIO()
        frame.save(out, "JPEG", quality=QUALITY)
        yield out.getvalue()
