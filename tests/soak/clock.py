"""Time that all parties of a soak share, and that passes faster than the machine's."""

from __future__ import annotations

import asyncio
import time

RATE = 15.0
"""Seconds of it in one of the machine's: what waits for a minute does, and is over in four seconds."""


class FastClock:
    """The same in every process that is told the same beginning."""

    def __init__(self, begun: float, rate: float = RATE) -> None:
        """`begun`: seconds since 1970 at which it showed the machine's own time."""
        self._begun = begun
        self._rate = rate

    def time(self) -> float:
        return self._begun + (time.time() - self._begun) * self._rate

    def monotonic(self) -> float:
        return time.monotonic() * self._rate

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._rate)
