"""What may be sent again, as a pure rule. A create costs money, so it is never sent again while its fate is open."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Literal

TRIES = 5
LONGEST_BACK_OFF = 32.0
LONGEST_RETRY_AFTER = 60.0
REFUSALS = frozenset({400, 401, 402, 403, 404, 405, 413, 415, 422})
"""Nothing was accepted, whatever the body looks like."""

Phase = Literal["connect", "write", "read", "answer"]
"""How far an exchange came: until a connection, until the request was out, until the head of an answer, or beyond."""


class Verdict(Enum):
    """What an attempt that did not succeed means."""

    FREELY = "it was never sent; sending it is a first time"
    BACK_OFF = "it was not taken, and may be later"
    FINAL = "it is decided; sending it again changes nothing"
    AMBIGUOUS = "it may have been accepted: search, never send it again blindly"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One exchange with the server and what came of it."""

    method: str
    is_create: bool
    phase: Phase
    status: int | None = None
    """HTTP status, where an answer came."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Of the answer; looked up in lower case."""
    number: int = 1
    """1 for the first try."""
    readable: bool = True
    """Whether the body came whole and is what it should be."""
    local: bool = False
    """Whether the server is on this machine."""

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300 and self.readable


def judge(attempt: Attempt) -> Verdict:
    """What an attempt that did not succeed means for the next one."""
    status = attempt.status
    if attempt.phase == "connect":
        return Verdict.FREELY
    if status == 429:
        return Verdict.BACK_OFF
    if status in REFUSALS:
        return Verdict.FINAL
    if attempt.is_create:
        return Verdict.AMBIGUOUS
    if status is None or status >= 500 or status in (408, 425) or 200 <= status < 300:
        return Verdict.BACK_OFF
    return Verdict.FINAL


def is_repeated(attempt: Attempt) -> bool:
    """Whether the same request is sent again now."""
    if attempt.succeeded or attempt.number >= TRIES:
        return False
    if attempt.local and attempt.phase == "connect":
        # Where nobody listens on this machine, the server has ended; waiting would not bring it back.
        return False
    return judge(attempt) in (Verdict.FREELY, Verdict.BACK_OFF)


def delay(attempt: Attempt, now: float, jitter: Callable[[], float] = random.random) -> float:
    """Seconds to wait before the next try. `now`: Unix seconds; `jitter`: a number from 0 to 1."""
    asked = retry_after(attempt.headers.get("retry-after"), now)
    if asked is not None:
        return min(asked, LONGEST_RETRY_AFTER) + jitter()
    return min(2.0 ** (attempt.number - 1), LONGEST_BACK_OFF) + jitter()


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds from a `Retry-After` header, a number or a date; None where it is neither."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except (ValueError, OverflowError, OSError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
