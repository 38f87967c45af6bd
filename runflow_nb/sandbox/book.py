"""What the sandbox has seen, for tests: how many runs there are, what was received, what was billed."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .faults.turns import RuleCount
from .identity import decimal_text

REMEMBERED = 1000
LONGEST = 64 * 1024
"""A longer text is shown by its beginning, length and digest: inline pictures would fill the memory."""


@dataclass(frozen=True, slots=True)
class Received:
    """One body of a create, served or not; one that a fault plan kept from being served is in `requests` only."""

    model: str
    body: Any
    idempotency_key: str | None
    status: int
    replayed: bool
    """Whether the answer was the stored one of an earlier create with the same key."""


@dataclass(frozen=True, slots=True)
class BookedRun:
    """One run, as it stands now."""

    id: str
    org_id: str
    model: str
    status: str
    client_ref: str | None
    billed: Decimal
    """USD so far: 0 until the run has succeeded."""


@dataclass(frozen=True, slots=True)
class BookedCallback:
    """One delivery of a callback, as it stands now."""

    run_id: str
    url: str
    status: str
    attempts: int
    failure: str | None
    """Why it was given up."""


@dataclass(frozen=True, slots=True)
class Page:
    """The account at one moment."""

    instance: str
    runs: tuple[BookedRun, ...]
    """Oldest first."""
    received: tuple[Received, ...]
    """The last creates, oldest first."""
    requests: dict[str, int]
    """`METHOD /path/as/routed` -> how often it was asked, refused requests too."""
    keys_at_links: int
    """How often a link that needs no key was sent one."""
    faults: tuple[RuleCount, ...] = ()
    """What came of each rule of the fault plan, in its order."""
    callbacks: tuple[BookedCallback, ...] = ()

    @property
    def billed(self) -> Decimal:
        """USD over all organizations."""
        return sum((run.billed for run in self.runs), Decimal(0))

    def of(self, client_ref: str) -> list[BookedRun]:
        """The runs with this label."""
        return [run for run in self.runs if run.client_ref == client_ref]

    def json(self) -> dict[str, Any]:
        return {
            "instance": self.instance,
            "created": len(self.runs),
            "billed": decimal_text(self.billed),
            "by_client_ref": dict(Counter(run.client_ref for run in self.runs if run.client_ref is not None)),
            "requests": self.requests,
            "keys_at_links": self.keys_at_links,
            "faults": [{"rule": each.rule, "asked": each.asked, "acted": each.acted} for each in self.faults],
            "callbacks": [
                {
                    "run_id": each.run_id,
                    "callback_url": each.url,
                    "status_code": each.status,
                    "attempt_count": each.attempts,
                    "failure_detail": each.failure,
                }
                for each in self.callbacks
            ],
            "runs": [
                {
                    "id": run.id,
                    "org_id": run.org_id,
                    "model": run.model,
                    "status_code": run.status,
                    "client_ref": run.client_ref,
                    "billed": decimal_text(run.billed),
                }
                for run in self.runs
            ],
            "received": [
                {
                    "model": each.model,
                    "body": each.body,
                    "idempotency_key": each.idempotency_key,
                    "status": each.status,
                    "replayed": each.replayed,
                }
                for each in self.received
            ],
        }


@dataclass(slots=True)
class Tally:
    """What is counted while the sandbox serves."""

    requests: Counter[str] = field(default_factory=Counter)
    received: deque[Received] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    keys_at_links: int = 0

    def receive(self, model: str, body: Any, key: str | None, status: int, replayed: bool = False) -> None:
        self.received.append(Received(model, shortened(body), key, status, replayed))


def shortened(value: Any) -> Any:
    """The same JSON with very long texts cut."""
    if isinstance(value, dict):
        return {name: shortened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shortened(each) for each in value]
    if isinstance(value, str) and len(value) > LONGEST:
        digest = hashlib.sha256(value.encode()).hexdigest()
        return f"{value[:40]}… {len(value)} characters, sha256:{digest}"
    return value
