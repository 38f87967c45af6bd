"""Logs and steps of runs: models of one step keep neither."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from ..refusal import Refusal
from .call import Call


async def list_nothing(call: Call) -> Response:
    """The logs of a run, or its steps."""
    call.desk.run(call.param("run_id"), call.org_id)
    return JSONResponse({"items": []})


async def get_log(call: Call) -> Response:
    call.desk.run(call.param("run_id"), call.org_id)
    raise Refusal(404, "NOT_FOUND", "no such log entry")
