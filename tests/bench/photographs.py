"""Pictures as heavy as real ones: painted, with the noise that a sensor leaves and a model imitates."""

from __future__ import annotations

import io
import random
from functools import cache

from PIL import Image

from runflow_nb.sandbox.paint.commission import Commission
from runflow_nb.sandbox.paint.painter import paint

SIDES = {"0.5K": 512, "1K": 1024, "2K": 2048, "4K": 4096}
NOISE = 0.05
"""Share of noise: a PNG then takes about 1.5 bytes a pixel, as delivered ones do."""


@cache
def photograph(width: int, height: int, kind: str) -> bytes:
    """The file of a picture of this size; `kind` is png, jpeg or webp."""
    painted = paint(Commission("google/nano-banana-2", "a fox in the snow", 1, 0, width, height, "png"))
    noise = Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3))
    with Image.open(io.BytesIO(painted)) as picture:
        grainy = Image.blend(picture.convert("RGB"), noise, NOISE)
    stream = io.BytesIO()
    grainy.save(stream, kind, **({"compress_level": 1} if kind == "png" else {"quality": 91}))
    return stream.getvalue()
