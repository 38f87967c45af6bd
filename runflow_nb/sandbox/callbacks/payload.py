"""What a receiver is told of a run. Pure."""

from __future__ import annotations

import json
from typing import Any, TypedDict

from ..identity import stamp
from ..run import SandboxRun
from .switches import CallbackSwitches

EVENTS = {"succeeded": "run.completed", "failed": "run.failed", "canceled": "run.cancelled"}


class Payload(TypedDict):
    """The eight members, in the order of the model pages."""

    event: str
    run_id: str
    status: str
    output: dict[str, Any] | None
    duration_ms: int | None
    created_at: str | None
    completed_at: str | None
    metadata: dict[str, Any] | None


def make_payload(run: SandboxRun, now: float, output: dict[str, Any] | None, switches: CallbackSwitches) -> Payload:
    """Of a run that has ended. `now`: monotonic seconds; `output`: as reading the run would show it."""
    record = run.record(now)
    status = record["status_code"]
    event = EVENTS.get(status, "run.completed")
    if status == "partial_succeeded":
        status = "succeeded"
        if switches.partial == "partial_succeeded":
            status, event = "partial_succeeded", "run.partial_succeeded"
    elif status == "canceled":
        status = switches.cancelled
    if status == "failed" and switches.failed_output == "error":
        output = {"code": record["failure_code"], "message": record["failure_message"], "errors": None}
    return {
        "event": event,
        "run_id": run.id,
        "status": status,
        "output": output,
        "duration_ms": record["duration_ms"],
        "created_at": offset(run.created),
        "completed_at": offset(run.created + (run.duration() or 0)),
        # As it was sent, also where the run shows references in place of inline files.
        "metadata": run.submission.metadata,
    }


def encode(payload: Payload) -> bytes:
    """The bytes that are signed and sent, the same at each attempt."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def offset(seconds: float) -> str:
    """A moment (unix seconds) as callbacks spell it: with `+00:00` where runs have `Z`."""
    return (stamp(seconds) or "").replace("Z", "+00:00")
