"""Batches, which no model here takes, for none is backed by a template."""

from __future__ import annotations

from starlette.responses import Response

from ..batches import check_batch
from ..offers.table import find_offer
from ..refusal import FieldError, Refusal
from .call import Call


async def create(call: Call) -> Response:
    """422: for what is wrong with it, else for the model."""
    offer = find_offer(call.param("model_id"))
    check_batch(offer, await call.json(), call.desk.switches)
    reason = f"{offer.spec.id} is not backed by a template and takes no batches"
    raise Refusal(422, "VALIDATION_ERROR", reason, [FieldError(("path", "model_id"), "takes no batches")])


async def get_batch(_: Call) -> Response:
    """Also for its items: there are no batches."""
    raise Refusal(404, "BATCH_NOT_FOUND", "no such batch")
