"""A larger picture from a picture, with no words at all."""

from __future__ import annotations

import io

from PIL import Image, ImageFilter

from ...models.spec import Field
from ..paint.painter import encoded
from ..paint.retouch import upright
from ..paint.ribbon import mark
from ..sources import Unreadable
from .offer import Made, Offer, Order, Work
from .own import PICTURE, flat, own_spec
from .pictures import picture, seen_size

LARGEST = 32_000_000
"""Pixels of a result."""

UPSCALE = own_spec(
    "upscale",
    "Upscale",
    "A picture made larger.",
    PICTURE,
    Field("factor", "integer", "How many times longer its sides are.", minimum=2, maximum=4, default=2),
    Field("sharpen", "boolean", "Bring out its edges.", default=True),
)


def _plan(order: Order) -> Work:
    factor = int(order.value("factor"))
    width, height = (side * factor for side in seen_size(order.pictures[0]))
    if width * height > LARGEST:
        raise Unreadable(f"the result would have {width} x {height} pixels; {LARGEST} in all are the most")

    def enlarge() -> Made:
        with Image.open(io.BytesIO(order.pictures[0])) as opened:
            image = upright(opened).resize((width, height), Image.Resampling.LANCZOS)
        if order.value("sharpen"):
            image = image.filter(ImageFilter.UnsharpMask(radius=factor, percent=80))
        mark(image, " · ".join(filter(None, ["Runflow sandbox", order.mark])))
        return picture(encoded(image, "png"), "png", width, height)

    return Work((enlarge,), f"The given picture, {factor} times larger. Made by the Runflow sandbox.")


OFFERS = (Offer(UPSCALE, "image-to-image", "two cents per request", "Billed per request", flat("0.02"), _plan),)
