"""Drawings: from text, from a picture and text, and from several pictures."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType

from PIL import Image, ImageOps

from ...models.spec import Field
from ..paint.colour import hexed
from ..paint.commission import Commission
from ..paint.painter import describe, encoded, signed, unmarked
from ..paint.retouch import STYLES, fitted
from ..paint.words import read_motif
from .offer import Made, Offer, Order, Values, Work
from .own import PICTURE, SEED, flat, own_spec, prompt
from .pictures import painting, picture, seen_size

SIDE = 768
"""Pixels of a drawing from text; the longer side of one from a picture."""
CLOSEST = 20
"""Guidance at which nothing but the style is left."""
HAND = ("sketch", "watercolour", "poster", "noir")
A_COLOUR = "#[0-9a-fA-F]{6}"

STYLE = Field("style", "string", "The hand it is drawn in.", allowed=HAND, default="sketch")
GUIDANCE = Field(
    "guidance_scale", "number", "How closely the style is followed.", minimum=0, maximum=CLOSEST, default=16.5
)
PALETTE = Field(
    "palette", "string", "Two or three colours from dark to light, as #223344,#ffeecc.",
    shape=f"{A_COLOUR}(,{A_COLOUR}){{1,2}}",
)  # fmt: skip
PALETTE_CODES = MappingProxyType({"palette": "palette_spec"})

SKETCH = own_spec(
    "sketch",
    "Sketch",
    "Drawings from text.",
    prompt("What to draw."),
    STYLE,
    Field("variations", "integer", "How many drawings; each is billed.", minimum=1, maximum=4, default=1,
          counts_images=True),
    GUIDANCE,
    Field("paper", "boolean", "Leave a margin of paper around it.", default=False),
    PALETTE,
    SEED,
)  # fmt: skip
EDIT = own_spec(
    "sketch/edit",
    "Sketch edit",
    "A drawing after a picture.",
    prompt("What to make of the picture."),
    PICTURE,
    STYLE,
    GUIDANCE,
    PALETTE,
    SEED,
)
COLLAGE = own_spec(
    "collage",
    "Collage",
    "One picture of several.",
    prompt("The light and hand that hold them together."),
    Field("image_urls", "image_list", "The pictures, the main one first.", required=True),
    SEED,
)


def _sketch(order: Order) -> Work:
    count = SKETCH_OFFER.count(order.input)
    commissions = [_commission(order, index, SIDE, SIDE) for index in range(count)]
    return Work(tuple(_drawing(order, each, unmarked) for each in commissions), describe(commissions[0]))


def _edit(order: Order) -> Work:
    width, height = seen_size(order.pictures[0])
    shrink = SIDE / max(width, height)
    commission = _commission(order, 0, max(8, round(width * shrink)), max(8, round(height * shrink)))

    def base(asked: Commission) -> Image.Image:
        return fitted(asked.pictures[0], asked.width, asked.height)

    return Work((_drawing(order, commission, base),), describe(commission))


def _collage(order: Order) -> Work:
    for data in order.pictures:
        seen_size(data)
    commission = _commission(order, 0, SIDE, SIDE)
    return Work((painting(commission),), describe(commission))


def _commission(order: Order, index: int, width: int, height: int) -> Commission:
    text = str(order.value("prompt"))
    return Commission(order.spec.id, text, order.seed, index, width, height, "png", order.pictures, order.mark)


def _drawing(order: Order, commission: Commission, base: Callable[[Commission], Image.Image]) -> Callable[[], Made]:
    def draw() -> Made:
        image = base(commission)
        palette = read_motif(commission.prompt, commission.index, commission.shared_dice("motif")).palette
        styled = STYLES[str(order.value("style"))][0](image, palette)
        image = Image.blend(image, styled, float(order.value("guidance_scale")) / CLOSEST)
        if colours := order.value("palette"):
            image = _recoloured(image, str(colours))
        if order.value("paper"):
            margin = image.width // 16
            small = image.resize((image.width - 2 * margin, image.height - 2 * margin), Image.Resampling.BICUBIC)
            image = ImageOps.expand(small, margin, (252, 250, 244))
        signed(image, commission)
        return picture(encoded(image, commission.format), commission.format, *image.size)

    return draw


def _recoloured(image: Image.Image, colours: str) -> Image.Image:
    dark, *between, light = map(hexed, colours.split(","))
    return ImageOps.colorize(ImageOps.grayscale(image), dark, light, between[0] if between else None)


def _by_number(given: Values) -> Decimal:
    return Decimal("0.01") * SKETCH_OFFER.count(given)


SKETCH_OFFER = Offer(
    SKETCH, "text-to-image", "one cent per image", "Billed per drawing", _by_number, _sketch, PALETTE_CODES
)
OFFERS = (
    SKETCH_OFFER,
    Offer(EDIT, "image-to-image", "two cents per image", "Billed per drawing", flat("0.02"), _edit, PALETTE_CODES),
    Offer(COLLAGE, "image-to-image", "three cents per request", "Billed per request", flat("0.03"), _collage),
)
