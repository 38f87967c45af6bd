"""A short film from text."""

from __future__ import annotations

from decimal import Decimal

from ...models.spec import Field
from ..media.avi import MIME, avi
from ..media.film import travel
from ..paint.commission import Commission
from ..paint.painter import describe, ribbon_text, unmarked
from .offer import Made, Offer, Order, Values, Work, value_of
from .own import SEED, own_spec, prompt

SIZES = {"16:9": (512, 288), "1:1": (384, 384), "9:16": (288, 512)}
A_SECOND = Decimal("0.05")

FLIPBOOK = own_spec(
    "flipbook",
    "Flipbook",
    "Short silent films from text: Motion-JPEG in AVI.",
    prompt("What the film shows."),
    Field("duration", "integer", "Seconds; each is billed.", minimum=1, maximum=6, default=2),
    Field("fps", "integer", "Frames a second.", minimum=4, maximum=24, default=12),
    Field("aspect_ratio", "string", "Width to height.", allowed=tuple(SIZES), default="16:9"),
    Field("loop", "boolean", "End where it began.", default=False),
    SEED,
)


def _plan(order: Order) -> Work:
    width, height = SIZES[str(order.value("aspect_ratio"))]
    seconds, rate = int(order.value("duration")), int(order.value("fps"))
    commission = Commission(
        FLIPBOOK.id, str(order.value("prompt")), order.seed, 0, width * 3 // 2, height * 3 // 2, "jpeg"
    )

    def film() -> Made:
        dice, text = commission.dice("camera"), ribbon_text(commission)
        loop = bool(order.value("loop"))
        frames = list(travel(unmarked(commission), width, height, seconds * rate, dice, text, loop=loop))
        data = avi(frames, width, height, rate, "Runflow sandbox")
        return Made(data, "avi", MIME, "video", width, height, float(seconds))

    return Work((film,), describe(commission))


def _price(given: Values) -> Decimal:
    return A_SECOND * int(value_of(FLIPBOOK, given, "duration"))


OFFERS = (Offer(FLIPBOOK, "text-to-video", "five cents per second", "Billed per second of film", _price, _plan),)
