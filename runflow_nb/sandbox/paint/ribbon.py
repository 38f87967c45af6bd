"""The mark in a corner: small, legible, and on every picture of the sandbox."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

INK, PAPER = (255, 255, 255, 235), (12, 14, 28, 140)
LONGEST = 90


def mark(image: Image.Image, text: str) -> None:
    """Write into the lower left corner of an RGB image, at its delivered size."""
    side = (image.width * image.height) ** 0.5
    size = max(11, min(round(side * 0.0195), image.height // 9))
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    font = _font(size)
    while size > 7 and font.getlength(text) > image.width * 0.86:
        size -= 1
        font = _font(size)
    pad = round(size * 0.62)
    wide, high = round(font.getlength(text)) + 2 * pad, round(size * 1.9)
    label = Image.new("RGBA", (wide, high))
    draw = ImageDraw.Draw(label)
    draw.rounded_rectangle((0, 0, wide - 1, high - 1), high // 2, PAPER)
    draw.text((pad, high / 2), text, INK, font, anchor="lm")
    margin = round(size * 0.9)
    image.paste(label, (margin, image.height - high - margin), label)


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
