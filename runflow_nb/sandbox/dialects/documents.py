"""Documents of the default written in other dialects. Pure; what is not named here stays as it is.

Queries keep the words of the default, also where the answers to them do not.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from .outputs import write_output

Document = dict[str, Any]
Spoken = frozenset[str]

STATES = {
    "state-cancelled": ("canceled", "cancelled"),
    "state-completed": ("succeeded", "completed"),
    "state-errored": ("failed", "errored"),
    "state-timeout": ("failed", "timeout"),
    "state-processing": ("running", "processing"),
    "state-in-progress": ("running", "in_progress"),
}
"""Dialect -> (the default's word for a state, its own)."""
NAMES = {
    "status-field": ("status_code", "status"),
    "finished-at": ("completed_at", "finished_at"),
    "failure-stage": ("failure_stage_code", "failure_stage"),
    "failure-text": ("failure_message", "error"),
    "failure-reason": ("failure_message", "failure_reason"),
}
"""Dialect -> (the default's name for a member of a run, its own)."""


def write_document(endpoint: str | None, document: Any, spoken: Spoken) -> Any:
    """The JSON of a success. `endpoint`: as fault plans call it."""
    if not isinstance(document, dict):
        return document
    write = WRITERS.get(endpoint or "", _as_it_is)
    if isinstance(document.get("items"), list):
        return {**document, "items": [_timed(write(each, spoken), spoken) for each in document["items"]]}
    return _timed(write(document, spoken), spoken)


def write_error(document: Any, spoken: Spoken) -> Any:
    """The JSON of a refusal."""
    if not isinstance(document, dict) or not {"code", "message"} <= document.keys():
        return document
    if "error-text" in spoken:
        return {"error": document["message"]}
    if "error-nested" in spoken:
        rest = {name: value for name, value in document.items() if name not in ("code", "message")}
        return {"error": {"code": document["code"], "message": document["message"]}, **rest}
    return document


def _as_it_is(document: Document, _: Spoken) -> Document:
    return document


def _run(run: Document, spoken: Spoken) -> Document:
    states = dict(STATES[name] for name in STATES.keys() & spoken)
    names = dict(NAMES[name] for name in NAMES.keys() & spoken)
    if "failure-error" in spoken and "failure_message" in run:
        run = _with_error(run)
    if "status_code" in run:
        run = {**run, "status_code": states.get(run["status_code"], run["status_code"])}
    if "output" in run:
        run = {**run, "output": write_output(run["output"], spoken)}
    return {names.get(name, name): value for name, value in run.items()}


def _created(run: Document, spoken: Spoken) -> Document:
    names = {"id": "run_id"} if "run-id" in spoken else {}
    return {names.get(name, name): value for name, value in _run(run, spoken).items()}


def _with_error(run: Document) -> Document:
    message = run["failure_message"]
    error = None if message is None else {"code": run.get("failure_code"), "message": message}
    return {
        **{name: value for name, value in run.items() if name not in ("failure_code", "failure_message")},
        "error": error,
    }


def _state(entry: Document, spoken: Spoken) -> Document:
    states = dict(STATES[name] for name in STATES.keys() & spoken)
    return {**entry, "code": states.get(entry["code"], entry["code"])}


def _balance(document: Document, spoken: Spoken) -> Document:
    if "balance-cents" not in spoken or "org_id" not in document:
        return document
    cents = (Decimal(document["balance"]) * 100).to_integral_value(ROUND_FLOOR)
    return {"balance_cents": int(cents), "currency": "USD"}


def _health(document: Document, spoken: Spoken) -> Document:
    unsaid = {"health-ok": "status", "health-status": "ok"}
    dropped = {unsaid[name] for name in unsaid.keys() & spoken} if "ok" in document else set()
    return {name: value for name, value in document.items() if name not in dropped}


def _timed(document: Document, spoken: Spoken) -> Document:
    if "times-offset" not in spoken:
        return document
    return {name: _offset(value) if name.endswith("_at") else value for name, value in document.items()}


def _offset(moment: Any) -> Any:
    return f"{moment[:-1]}+00:00" if isinstance(moment, str) and moment.endswith("Z") else moment


WRITERS: dict[str, Callable[[Document, Spoken], Document]] = {
    "create": _created,
    "read": _run,
    "cancel": _run,
    "search": _run,
    "statuses": _state,
    "balance": _balance,
    "health": _health,
}
"""What documents an endpoint answers with."""
