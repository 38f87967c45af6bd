"""What the tests of this room make again and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from runflow_nb.api.client import RunflowClient
from runflow_nb.api.exchange import Timeouts
from runflow_nb.secret import Secret

KEY = "rf_live_7Jq2pXk9ZsD4vTnB6wLm"
MODEL = "google/nano-banana-2"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


class QuickClock:
    """Sleeps take no time and are remembered."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@asynccontextmanager
async def connected(url: str, key: str = KEY, **given: Any) -> AsyncIterator[RunflowClient]:
    """A client with a quick clock and short time-outs."""
    given.setdefault("clock", QuickClock())
    given.setdefault("timeouts", Timeouts(connect=2, write=2, read=2, pool=2, sync_read=2))
    client = RunflowClient(url, Secret(key), **given)
    try:
        yield client
    finally:
        await client.aclose()


def run_json(**members: Any) -> dict[str, Any]:
    """A run as the reference shows it."""
    return {
        "id": "0198f2a4-5c1e-7b21-9f37-0c6f4e1d2a90",
        "status_code": "queued",
        "client_ref": "nb-1",
        "output": None,
        **members,
    }


def create_body(ref: str = "nb-1", **fields: Any) -> dict[str, Any]:
    """The body of a create."""
    return {"input": {"prompt": "a red kite over dunes", "seed": 7, **fields}, "client_ref": ref}
