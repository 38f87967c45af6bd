"""A short tune from text."""

from __future__ import annotations

import random

from ...models.spec import Field
from ..media.tune import INSTRUMENTS, MIME, tune
from .offer import Made, Offer, Order, Work
from .own import SEED, flat, own_spec, prompt

JINGLE = own_spec(
    "jingle",
    "Jingle",
    "Short tunes from text: WAV, one voice.",
    prompt("What the tune is about; other words are another tune."),
    Field("duration", "integer", "Seconds.", minimum=1, maximum=10, default=3),
    Field("tempo", "integer", "Beats a minute.", minimum=60, maximum=180, default=112),
    Field("instrument", "string", "What plays it.", allowed=tuple(INSTRUMENTS), default="bells"),
    SEED,
)


def _plan(order: Order) -> Work:
    instrument, seconds = str(order.value("instrument")), int(order.value("duration"))

    def play() -> Made:
        dice = random.Random(f"{order.seed}|{order.value('prompt')}")  # noqa: S311
        data = tune(instrument, seconds, int(order.value("tempo")), dice)
        return Made(data, "wav", MIME, "audio", duration=float(seconds))

    return Work((play,), f"A tune on the {instrument}. Played by the Runflow sandbox.")


OFFERS = (Offer(JINGLE, "text-to-audio", "two cents per request", "Billed per request", flat("0.02"), _plan),)
