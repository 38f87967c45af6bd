"""What was sent of a run, how often, and what came back. The words of states and reasons are the sandbox's own, for no
page lists Runflow's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..identity import stamp
from .payload import Payload

Reason = Literal["not_loopback", "http_error", "network_error"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST and what came of it."""

    id: str
    number: int
    """From 1."""
    at: float
    """Unix seconds."""
    seconds: float
    status: int | None = None
    """None where there was no answer."""
    answer: str | None = None
    """The beginning of the answer's body."""
    error: str | None = None

    def record(self, delivery_id: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "delivery_id": delivery_id,
            "attempt_number": self.number,
            "status_code": self.status,
            "response_body": self.answer,
            "response_time_ms": round(self.seconds * 1000),
            "error_message": self.error,
            "created_at": stamp(self.at),
        }


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Why a delivery was given up."""

    reason: Reason
    detail: str


@dataclass(slots=True, eq=False)
class Delivery:
    """One payload on its way to one address. Body and headers are made once and never change."""

    id: str
    run_id: str
    url: str
    payload: Payload
    body: bytes
    headers: Mapping[str, str]
    secret_id: str | None
    automatic: bool
    """Whether the end of the run made it, and not a person."""
    attempts_maximum: int
    created: float
    """Unix seconds, as all moments here."""
    webhook_id: str | None = None
    """Of the webhook that asked for it; None where the run itself did."""
    attempts: list[Attempt] = field(default_factory=list)
    next_at: float | None = None
    ended: float | None = None
    failure: Undelivered | None = None

    @property
    def status(self) -> str:
        if self.ended is None:
            return "pending"
        return "failed" if self.failure else "delivered"

    def record(self) -> dict[str, Any]:
        """Every documented field, and of one for a webhook whose it is."""
        owner = {"webhook_id": self.webhook_id} if self.webhook_id else {}
        updated = self.ended or (self.attempts[-1].at if self.attempts else self.created)
        return {
            "id": self.id,
            **owner,
            "run_id": self.run_id,
            "callback_url": self.url,
            "payload_bytes": len(self.body),
            "payload": self.payload,
            "signing_secret_id": self.secret_id,
            "is_automatic": self.automatic,
            "status_code": self.status,
            "failure_reason_code": self.failure.reason if self.failure else None,
            "failure_detail": self.failure.detail if self.failure else None,
            "attempt_count": len(self.attempts),
            "max_attempts": self.attempts_maximum,
            "next_attempt_at": stamp(self.next_at),
            "created_at": stamp(self.created),
            "updated_at": stamp(updated),
            "completed_at": stamp(self.ended),
            "attempts": [attempt.record(self.id) for attempt in self.attempts],
        }
