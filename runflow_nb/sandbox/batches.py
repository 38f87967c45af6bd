"""The body of a batch, read and judged as a whole: every item by itself, against the model's inputs."""

from __future__ import annotations

from typing import Any

from .judge import judge
from .offers.offer import Offer
from .refusal import FieldError, invalid
from .submission import callback_errors, client_ref_errors
from .switches import Switches

LARGEST = 100
"""Items of a batch."""
ITEMS = "batch-items"
"""The dialect in which they are `items`, each with an `input`."""


def check_batch(offer: Offer, body: Any, switches: Switches) -> None:
    """Raises Refusal 422 with everything that is wrong."""
    if not isinstance(body, dict):
        raise invalid([FieldError(("body",), "takes an object")])
    name = "items" if ITEMS in switches.dialects else "input"
    items = body.get(name)
    if not isinstance(items, list) or not 1 <= len(items) <= LARGEST:
        raise invalid([FieldError(("body", name), f"takes an array of 1 to {LARGEST} objects")])
    errors = [error for number, item in enumerate(items) for error in _item(offer, (name, number), item, switches)]
    errors += callback_errors(body.get("callback_url"), switches)
    if not isinstance(body.get("metadata"), dict | None):
        errors.append(FieldError(("body", "metadata"), "takes an object or null"))
    if errors:
        raise invalid(errors)


def _item(offer: Offer, place: tuple[str | int, ...], item: Any, switches: Switches) -> list[FieldError]:
    """What is wrong with one. Its `client_ref` is no input of the model."""
    loc = ("body", *place)
    if not isinstance(item, dict):
        return [FieldError(loc, "takes an object")]
    label = item.get("client_ref")
    given: Any = {key: value for key, value in item.items() if key != "client_ref"}
    if ITEMS in switches.dialects:
        loc, given = (*loc, "input"), item.get("input")
        if not isinstance(given, dict):
            return [FieldError(loc, "takes an object")]
    _, wrong = judge(offer.spec, given, switches)
    below = [FieldError((*loc, *error.loc[2:]), error.msg) for error in wrong]
    labels = [FieldError(("body", *place, "client_ref"), error.msg) for error in client_ref_errors(label, switches)]
    return below + labels
