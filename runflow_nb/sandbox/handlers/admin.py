"""What only keys of services and administrators may do, in any organization."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from ..accounts.caller import SERVICE_PREFIX
from ..identity import is_uuid
from ..refusal import FieldError, Refusal, invalid
from ..submission import read_json
from .call import Call
from .runs import full_record

REASON = range(3, 501)
"""Characters of the reason for a cancellation."""


async def cancel_run(call: Call) -> Response:
    """201 with the run as it ends now, 200 with the unchanged run where it had ended.

    What its provider works on goes on there: it is billed, and what comes of it is dropped.
    """
    if not call.caller.service:
        raise Refusal(403, "PERMISSION_DENIED", f"takes a key of a service or an administrator ({SERVICE_PREFIX}...)")
    raw = await call.raw(call.desk.switches.maximum_body)
    _check_reason(read_json(raw) if raw else {})
    run_id = call.param("run_id").lower()
    run = call.desk.runs.get(run_id) if is_uuid(run_id) else None
    if run is None:
        raise Refusal(404, "RUN_NOT_FOUND", "no such run")
    now = call.desk.clock.monotonic()
    ended = run.ended(now)
    if not ended:
        run.stop(now)
    return JSONResponse(await full_record(call, run, inline=False), 200 if ended else 201)


def _check_reason(body: Any) -> None:
    if not isinstance(body, dict):
        raise invalid([FieldError(("body",), "takes an object")])
    reason = body.get("reason")
    if reason is not None and not (isinstance(reason, str) and len(reason) in REASON):
        raise invalid([FieldError(("body", "reason"), f"takes {REASON[0]} to {REASON[-1]} characters, or null")])
