"""From a commission to a file's bytes."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from .commission import Commission


def paint(commission: Commission) -> bytes:
    """The finished file. Raises what Pillow raises where a given picture is none."""
    dice = commission.dice("sky")
    top, bottom = ((dice.randrange(256), dice.randrange(256), dice.randrange(256)) for _ in range(2))
    strip = Image.new("RGB", (1, 2))
    strip.putdata([top, bottom])
    picture = strip.resize((commission.width, commission.height), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    draw.text((8, 8), f"Runflow sandbox · seed {commission.seed}", font=ImageFont.load_default(16))
    out = io.BytesIO()
    if commission.format == "png":
        picture.save(out, "PNG", compress_level=1)
    else:
        picture.save(out, commission.format.upper(), quality=90)
    return out.getvalue()


def describe(commission: Commission) -> str:
    """One sentence that says what is to be seen."""
    return "A sky"
