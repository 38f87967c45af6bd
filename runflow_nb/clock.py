"""Time as an argument: whatever waits or stamps takes a clock, so that it can be moved."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Protocol


class Clock(Protocol):
    """What the rooms ask of time."""

    def time(self) -> float:
        """Seconds since 1970, UTC."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back, and is the same for all processes until the machine restarts."""

    async def sleep(self, seconds: float) -> None:
        """Wait on the running event loop."""


class SystemClock:
    """The machine's own clock."""

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def passed(clock: Clock, moment: float, uptimes: Iterable[float] = ()) -> float:
    """Seconds that have passed for certain since a moment that was written down.

    moment: seconds since 1970. uptimes: what `monotonic` showed then, and at moments before. A clock may have been set
    in between, an uptime only begun anew: whichever says less is believed.
    """
    now = clock.monotonic()
    by_uptime = (now - then if then <= now else now for then in uptimes)
    return max(0.0, min([clock.time() - moment, *by_uptime]))
