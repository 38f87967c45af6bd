"""Creating, reading and listing runs."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from ..desk import Replay
from ..ending import wait_for_end
from ..listing import list_page
from ..offers.table import find_offer
from ..output import inline_output, linked_output
from ..refusal import Refusal
from ..run import DELIVERED, STATUSES, SandboxRun
from ..submission import fingerprint, read_submission
from .call import Call, syntax_of


async def create_run(call: Call) -> Response:
    desk = call.desk
    model_id = call.param("model_id")
    offer = find_offer(model_id)
    body = await call.json()
    sent = call.request.headers.get("idempotency-key")
    key = None if "no-idempotency" in desk.switches.dialects else sent
    digest = fingerprint(body)
    slot = (call.org_id, model_id, key or "")
    if key and (earlier := desk.replays.get(slot)) and not call.acceptance.forgets_key():
        if earlier.fingerprint != digest:
            desk.tally.receive(model_id, body, key, 409)
            raise Refusal(409, "CONFLICT", "this Idempotency-Key came with another body before")
        desk.tally.receive(model_id, body, key, 201, replayed=True)
        return JSONResponse(earlier.answer, 201)
    try:
        submission = read_submission(offer, body, desk.switches)
        run = desk.accept(call.org_id, submission, call.base_url, call.acceptance)
    except Refusal as refusal:
        desk.tally.receive(model_id, body, sent, refusal.status)
        raise
    answer = await _first_answer(call, run)
    desk.tally.receive(model_id, body, sent, 201)
    if key:
        desk.replays[slot] = Replay(digest, answer)
    return JSONResponse(answer, 201)


async def get_run(call: Call) -> Response:
    run = call.desk.run(call.param("run_id"), call.org_id)
    inline = run.sync and call.desk.switches.sync_mode == "read"
    return JSONResponse(await full_record(call, run, inline=inline))


async def list_runs(call: Call) -> Response:
    now = call.desk.clock.monotonic()
    page = list_page(call.desk.runs_of(call.org_id), call.request.query_params, now, syntax_of(call))
    if "output" in page.names:
        for record in page.items:
            record["output"] = _linked(call, call.desk.runs[record["id"]], now)
    return JSONResponse(page.json())


async def list_statuses(_: Call) -> Response:
    return JSONResponse({"items": [{"code": code, "is_terminal": last} for code, last in STATUSES.items()]})


async def full_record(call: Call, run: SandboxRun, *, inline: bool) -> dict[str, Any]:
    """The run as it stands; `inline` puts the pictures of a finished `sync_mode` run into it."""
    now = call.desk.clock.monotonic()
    output = _linked(call, run, now)
    if inline and run.status(now) in DELIVERED:
        output = await inline_output(run, call.desk.switches)
    return {**run.record(now), "output": output}


async def _first_answer(call: Call, run: SandboxRun) -> dict[str, Any]:
    """What the create answers: the run as it was accepted, or as it ended where the create waits for that."""
    if run.sync and call.desk.switches.sync_mode == "answer":
        await wait_for_end(run, call.desk.clock)
        return await full_record(call, run, inline=True)
    return {**run.record(run.begun), "status_code": "queued", "started_at": None, "output": None}


def _linked(call: Call, run: SandboxRun, now: float) -> dict[str, Any] | None:
    return linked_output(run, now, call.desk.links, call.base_url, call.desk.switches)
