"""Webhooks of an organization, what was sent to them, and each attempt at it."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from ..callbacks.delivery import Delivery
from ..callbacks.webhooks import EVENT_TYPES
from ..refusal import Refusal
from .call import Call

ANY = "any"
"""Stands for whichever webhook in listings."""


async def create(call: Call) -> Response:
    """The one answer that holds the secret itself."""
    desk = call.desk
    webhook = desk.webhooks.create(call.org_id, await call.json(), desk.clock.time())
    desk.announcer.follow_open(desk.runs_of(call.org_id))
    return JSONResponse({"plain_secret": webhook.secret, **webhook.record()}, 201)


async def list_webhooks(call: Call) -> Response:
    return _listed([webhook.record() for webhook in call.desk.webhooks.of(call.org_id)])


async def get_webhook(call: Call) -> Response:
    return JSONResponse(call.desk.webhooks.find(call.org_id, call.param("webhook_id")).record())


async def change(call: Call) -> Response:
    desk = call.desk
    webhook = desk.webhooks.change(call.org_id, call.param("webhook_id"), await call.json(), desk.clock.time())
    return JSONResponse(webhook.record())


async def delete(call: Call) -> Response:
    call.desk.webhooks.delete(call.org_id, call.param("webhook_id"))
    return Response(status_code=204)


async def list_event_types(_: Call) -> Response:
    return _listed([_event_type(code) for code in EVENT_TYPES])


async def get_event_type(call: Call) -> Response:
    return JSONResponse(_event_type(call.param("code")))


async def list_deliveries(call: Call) -> Response:
    return _listed([delivery.record() for delivery in _deliveries(call)])


async def get_delivery(call: Call) -> Response:
    return JSONResponse(_delivery(call).record())


async def list_attempts(call: Call) -> Response:
    return _listed(_delivery(call).record()["attempts"])


async def get_attempt(call: Call) -> Response:
    asked = call.param("id").lower()
    for attempt in _delivery(call).record()["attempts"]:
        if attempt["id"] == asked:
            return JSONResponse(attempt)
    raise Refusal(404, "NOT_FOUND", "no such attempt")


def _deliveries(call: Call) -> list[Delivery]:
    asked, webhooks = call.param("webhook_id"), call.desk.webhooks
    chosen = webhooks.of(call.org_id) if asked == ANY else [webhooks.find(call.org_id, asked)]
    return call.desk.announcer.deliveries(chosen)


def _delivery(call: Call) -> Delivery:
    asked = call.param("delivery_id").lower()
    for delivery in _deliveries(call):
        if delivery.id == asked:
            return delivery
    raise Refusal(404, "NOT_FOUND", "no such delivery")


def _event_type(code: str) -> dict[str, Any]:
    if code not in EVENT_TYPES:
        raise Refusal(404, "NOT_FOUND", "no such event type")
    return {"code": code, "description": EVENT_TYPES[code]}


def _listed(items: list[dict[str, Any]]) -> Response:
    return JSONResponse({"items": items, "next_pq": None, "prev_pq": None})
