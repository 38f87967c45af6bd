"""Secrets, deliveries and redeliveries.

The routes that list and delete secrets are on no page: they are named after the one that makes them.
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from ..refusal import Refusal
from .call import Call


async def create_secret(call: Call) -> Response:
    """The one answer that holds the secret itself."""
    sender = call.desk.callbacks
    secret = sender.secrets.create(call.org_id, await call.json(), call.desk.clock.time())
    current = sender.secrets.current(call.org_id) is secret
    return JSONResponse({"plain_secret": secret.plain, **secret.record(current)}, 201)


async def list_secrets(call: Call) -> Response:
    secrets = call.desk.callbacks.secrets
    current = secrets.current(call.org_id)
    items = [each.record(each is current) for each in secrets.of(call.org_id)]
    return JSONResponse({"items": items, "next_pq": None, "prev_pq": None})


async def delete_secret(call: Call) -> Response:
    call.desk.callbacks.secrets.delete(call.org_id, call.param("secret_id"))
    return Response(status_code=204)


async def get_callback(call: Call) -> Response:
    sender = call.desk.callbacks
    deliveries = sender.of(call.desk.run(call.param("run_id"), call.org_id).id)
    if sender.switches.listing == "deliveries":
        return JSONResponse([delivery.record() for delivery in deliveries])
    if not deliveries:
        raise Refusal(404, "NOT_FOUND", "nothing was sent of this run yet")
    return JSONResponse(deliveries[-1].payload)


async def redeliver(call: Call) -> Response:
    run = call.desk.run(call.param("run_id"), call.org_id)
    return JSONResponse((await call.desk.callbacks.redeliver(run)).record(), 201)
