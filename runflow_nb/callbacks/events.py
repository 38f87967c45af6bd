"""What a callback says. The shapes and spellings that the contract's pages disagree on are all read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..api.errors import MalformedAnswer
from ..api.outputs import RemoteOutput, read_outputs
from ..api.values import count, first_text, mapping, moment, sequence, text
from ..api.wire import DELIVERED, ENDED, FOLDED, Failure, read_run
from ..errors import MalformedCallback

RUN = "run."


@dataclass(frozen=True, slots=True)
class RunEvent:
    """A run has ended. Several of these may come for one run: be idempotent on `run_id`."""

    event: str
    """As it came: `run.completed`, `run.failed`, `run.cancelled`, or another `run.*`."""
    run_id: str
    status: str
    """`succeeded`, `partial_succeeded`, `failed` or `canceled`, however it was spelt."""
    outputs: tuple[RemoteOutput, ...] = ()
    """Each has `.url` (signed and soon over: fetch it at once), `.type`, `.width`, `.height`; none unless delivered."""
    failure: Failure | None = None
    """`.code`, `.stage` and `.message`, as far as it says."""
    duration_ms: int | None = None
    created_at: datetime | None = None
    completed_at: datetime | None = None
    metadata: Mapping[str, Any] | None = None
    """As it was given when the run was made."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def delivered(self) -> bool:
        """Whether there are outputs, all of them or some."""
        return self.status in DELIVERED

    @property
    def ended(self) -> bool:
        """Whether the status is one that a run ends with."""
        return self.status in ENDED


@dataclass(frozen=True, slots=True)
class BatchEvent:
    """All runs of a batch have ended. Several of these may come for one batch: be idempotent on `batch_id`."""

    event: str
    batch_id: str
    status: str
    """As for a run; `partial_succeeded` where some of its runs failed."""
    items: tuple[Mapping[str, Any], ...] = ()
    """The batch's runs, as they came."""
    total: int | None = None
    succeeded: int | None = None
    failed: int | None = None
    canceled: int | None = None
    duration_ms: int | None = None
    created_at: datetime | None = None
    completed_at: datetime | None = None
    metadata: Mapping[str, Any] | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """An event about something else than runs. Answer 200 and pass over it."""

    event: str
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


Event = RunEvent | BatchEvent | OtherEvent


def parse(body: bytes | str) -> Event:
    """The event in a callback's body; verify it first. Raises MalformedCallback.

    Kinds of `run.*` that are not known are RunEvents by their status; of other kinds are BatchEvents those with a
    `batch_id`, and OtherEvents the rest.
    """
    try:
        members = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedCallback("its body is not JSON") from None
    if not isinstance(members, dict):
        raise MalformedCallback("its body is not an object")
    event = (text(members.get("event")) or "").strip()
    if text(members.get("run_id")) is not None:
        return _run(event, members)
    if (batch_id := text(members.get("batch_id"))) is not None:
        return _batch(event, batch_id.strip(), members)
    if event and not event.startswith(RUN):
        return OtherEvent(event, members)
    raise MalformedCallback("it holds no run_id" if event else "it holds neither an event nor a run_id")


def _run(event: str, members: Mapping[str, Any]) -> RunEvent:
    output = mapping(members.get("output"))
    status = _status(event, members)
    # Of a failed run one page has an error envelope in the place of the output.
    error = None if status in DELIVERED else output.get("error", output) or None
    try:
        run = read_run({"error": error, **members, "id": None, "status_code": status})
    except MalformedAnswer:
        raise MalformedCallback("it holds no run_id that can be used") from None
    return RunEvent(
        event=event,
        run_id=run.id,
        status=run.status,
        outputs=read_outputs(members.get("output")) if run.delivered else (),
        failure=None if run.delivered else run.failure,
        duration_ms=run.duration_ms,
        created_at=run.created_at,
        completed_at=run.completed_at,
        metadata=_metadata(members),
        raw=members,
    )


def _batch(event: str, batch_id: str, members: Mapping[str, Any]) -> BatchEvent:
    output = mapping(members.get("output"))
    cancelled = count(output.get("cancelled"))
    return BatchEvent(
        event=event,
        batch_id=batch_id,
        status=_status(event, members),
        items=tuple(map(mapping, sequence(output.get("items")))),
        total=count(output.get("total")),
        succeeded=count(output.get("succeeded")),
        failed=count(output.get("failed")),
        canceled=count(output.get("canceled")) if cancelled is None else cancelled,
        duration_ms=count(members.get("duration_ms")),
        created_at=moment(members.get("created_at")),
        completed_at=moment(members.get("completed_at")) or moment(members.get("finished_at")),
        metadata=_metadata(members),
        raw=members,
    )


def _status(event: str, members: Mapping[str, Any]) -> str:
    """One word a state, however it is spelt; where none is given, the end of the event's name."""
    named = first_text(members.get("status"), members.get("status_code"), event.rpartition(".")[2])
    if named is None:
        raise MalformedCallback("it holds neither an event nor a status")
    status = named.strip().lower()
    return FOLDED.get(status, status)


def _metadata(members: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = members.get("metadata")
    return found if isinstance(found, dict) else None
