"""One run of the sandbox. Its state is a function of the clock and of whether it is painted; no timer drives it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypedDict

from ..models.spec import ModelSpec
from .faults.fate import Fate
from .identity import decimal_text, named, stamp
from .offers.offer import Kind
from .submission import Submission

STATUSES = {
    "queued": False,
    "dispatching": False,
    "running": False,
    "succeeded": True,
    "failed": True,
    "canceled": True,
    "partial_succeeded": True,
}
"""Every state a run can have -> whether it is the last one."""
DELIVERED = frozenset({"succeeded", "partial_succeeded"})
DISPATCHED_AFTER = 0.1
STARTED_AFTER = 0.2
"""Shares of the latency after which a run leaves `queued` and `dispatching`."""


class RunRecord(TypedDict):
    """A run as JSON, in the order the reference lists it; `output` is added by who signs its links."""

    id: str
    model_id: str
    flow_id: None
    comfyui_workflow_id: None
    target_type: str
    target_version: None
    org_id: str
    created_by: str
    status_code: str
    source_code: str
    input: dict[str, Any]
    context: None
    duration_ms: int | None
    cost: str | None
    cost_breakdown: None
    batch_id: None
    client_ref: str | None
    created_at: str | None
    started_at: str | None
    completed_at: str | None
    callback_url: str | None
    metadata: dict[str, Any] | None
    has_logs: bool
    has_node_runs: bool
    failure_code: str | None
    failure_message: str | None
    failure_stage_code: str | None


@dataclass(frozen=True, slots=True)
class Artifact:
    """One output on disk."""

    path: Path
    mime: str
    kind: Kind
    width: int | None = None
    height: int | None = None
    """Pixels, of what can be seen."""
    duration: float | None = None
    """Seconds, of what takes time."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run ended without outputs."""

    code: str
    message: str
    stage: str


@dataclass(frozen=True, slots=True)
class Painted:
    """What came of the painting."""

    at: float
    """Monotonic seconds."""
    artifacts: tuple[Artifact, ...] = ()
    description: str = ""
    failure: Failure | None = None
    status: str = "succeeded"
    """The last state of the run."""


@dataclass(frozen=True, slots=True)
class Stop:
    """An end before its time."""

    at: float
    """Monotonic seconds."""
    billed: Decimal
    """USD: what a provider has begun is paid for."""


@dataclass(slots=True, eq=False)
class SandboxRun:
    """An accepted run; `painted` and `stopped` are all about it that changes, each once."""

    id: str
    org_id: str
    submission: Submission
    input: dict[str, Any]
    """As it is shown: inline pictures stand as references to assets."""
    metadata: dict[str, Any] | None
    seed: int
    """The seed that is painted with: as asked, or drawn."""
    price: Decimal
    """USD, billed if the run succeeds."""
    latency: float
    created: float
    """Unix seconds."""
    begun: float
    """Monotonic seconds of the create."""
    base_url: str
    """Where the caller reached this sandbox; no slash at its end."""
    fate: Fate = "succeeds"
    painted: Future[Painted] = field(default_factory=Future)
    stopped: Future[Stop] = field(default_factory=Future)

    @property
    def spec(self) -> ModelSpec:
        return self.submission.spec

    @property
    def sync(self) -> bool:
        return self.input.get("sync_mode") is True

    def stop(self, now: float) -> None:
        """End a run that goes on: `canceled`. What comes of it later is dropped. `now`: monotonic seconds."""
        self.stopped.set_result(Stop(now, Decimal(0) if self.status(now) == "queued" else self.price))

    def duration(self) -> float | None:
        """Seconds from create to end; None while that is not known."""
        if self.stopped.done():
            return self.stopped.result().at - self.begun
        return max(self.latency, self.painted.result().at - self.begun) if self.painted.done() else None

    def ended(self, now: float) -> bool:
        """`now`: monotonic seconds."""
        duration = self.duration()
        return duration is not None and now - self.begun >= duration

    def status(self, now: float) -> str:
        if self.ended(now):
            return "canceled" if self.stopped.done() else self.painted.result().status
        share = (now - self.begun) / self.latency if self.latency else 1.0
        if share < DISPATCHED_AFTER:
            return "queued"
        return "dispatching" if share < STARTED_AFTER else "running"

    def cost(self, now: float) -> Decimal | None:
        """USD billed; None while the run goes on."""
        if not self.ended(now):
            return None
        if self.stopped.done():
            return self.stopped.result().billed
        painted = self.painted.result()
        if painted.status == "partial_succeeded":
            return self.price * len(painted.artifacts) / self.submission.offer.count(self.input)
        return self.price if painted.status == "succeeded" else Decimal(0)

    def record(self, now: float) -> RunRecord:
        """Every documented field except `output`, which needs signing."""
        status = self.status(now)
        duration = self.duration() if self.ended(now) else None
        cost = self.cost(now)
        failure = self.painted.result().failure if status == "failed" else None
        waited = self.latency * STARTED_AFTER
        began = duration is None or duration >= waited
        started = began and status not in ("queued", "dispatching")
        return {
            "id": self.id,
            "model_id": named("model", self.spec.id),
            "flow_id": None,
            "comfyui_workflow_id": None,
            "target_type": "model",
            "target_version": None,
            "org_id": self.org_id,
            "created_by": named("user", self.org_id),
            "status_code": status,
            "source_code": "api",
            "input": self.input,
            "context": None,
            "duration_ms": None if duration is None else round(duration * 1000),
            "cost": None if cost is None else decimal_text(cost),
            "cost_breakdown": None,
            "batch_id": None,
            "client_ref": self.submission.client_ref,
            "created_at": stamp(self.created),
            "started_at": stamp(self.created + waited) if started else None,
            "completed_at": None if duration is None else stamp(self.created + duration),
            "callback_url": self.submission.callback_url,
            "metadata": self.metadata,
            "has_logs": False,
            "has_node_runs": False,
            "failure_code": failure.code if failure else None,
            "failure_message": failure.message if failure else None,
            "failure_stage_code": failure.stage if failure else None,
        }
