"""Ids, times and sums as the API writes them."""

from __future__ import annotations

import hashlib
import secrets
import threading
import uuid
from datetime import UTC, datetime
from decimal import Decimal

NAMESPACE = uuid.UUID("5b0f1f0e-6c1c-5f0a-9d55-72756e666c6f")


class Ids:
    """UUIDv7 ids that strictly increase, also within a millisecond and when the clock is set back."""

    def __init__(self) -> None:
        self._last = 0
        self._guard = threading.Lock()

    def new(self, seconds: float) -> str:
        """An id for this moment (unix seconds)."""
        with self._guard:
            ticks = max(int(seconds * 1000 * 4096), self._last + 1)
            self._last = ticks
        high = (ticks >> 12) << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64
        return str(uuid.UUID(int=high | 0b10 << 62 | secrets.randbits(62)))


def is_uuid(text: str) -> bool:
    """Whether this is a UUID in its usual spelling."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def named(kind: str, name: str) -> str:
    """The same UUID for the same name, in every process."""
    return str(uuid.uuid5(NAMESPACE, f"{kind}:{name}"))


def organization(token: str) -> str:
    """The organization that a bearer token belongs to: any token has one, and the token cannot be read from it."""
    return named("org", hashlib.sha256(token.encode()).hexdigest())


def stamp(seconds: float | None) -> str | None:
    """A moment (unix seconds) as ISO 8601 in UTC, with microseconds and `Z`."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def decimal_text(amount: Decimal) -> str:
    """US dollars as the API writes them: a plain decimal string."""
    return f"{amount.normalize():f}"
