"""Every model that is offered, by its id: the four of the catalog first, then the sandbox's own."""

from __future__ import annotations

from ..identity import named
from ..refusal import Refusal
from . import flipbook, google, jingle, sketch, upscale
from .offer import Offer

OFFERS: dict[str, Offer] = {
    offer.spec.id: offer
    for offer in (*google.OFFERS, *sketch.OFFERS, *flipbook.OFFERS, *jingle.OFFERS, *upscale.OFFERS)
}
BY_UUID: dict[str, Offer] = {named("model", model_id): offer for model_id, offer in OFFERS.items()}
"""The same by the id that runs and declarations carry."""


def find_offer(model_id: str) -> Offer:
    """By the whole slash id. Raises Refusal 404."""
    if model_id not in OFFERS:
        raise no_model(model_id)
    return OFFERS[model_id]


def no_model(asked: str) -> Refusal:
    """404 for a model that is not offered."""
    return Refusal(404, "MODEL_NOT_FOUND", f"no model {asked[:80]}")
