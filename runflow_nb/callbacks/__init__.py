"""Callbacks, received: whether one is Runflow's, and what it says. For a receiver in whatever framework.

    verify(body, request.headers.get("Runflow-Signature"), secrets)
    event = parse(body)

`body` is the bytes as they came. Both raise errors of `runflow_nb.errors`: InvalidSignature and MalformedCallback, each
a CallbackRefused. A callback may come more than once: be idempotent on `event.run_id`, answer 200 within a few
seconds, and do what takes longer afterwards.
"""

from __future__ import annotations

from .events import BatchEvent as BatchEvent
from .events import Event as Event
from .events import OtherEvent as OtherEvent
from .events import RunEvent as RunEvent
from .events import parse as parse
from .signature import verify as verify

__all__ = ["BatchEvent", "Event", "OtherEvent", "RunEvent", "parse", "verify"]
