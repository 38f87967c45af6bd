"""Waiting for the end of a run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from ..clock import Clock
from .run import SandboxRun


async def wait_for_end(run: SandboxRun, clock: Clock) -> None:
    """Until it is made and its time is over, or it was stopped."""
    made, stopped = _known(run.painted), _known(run.stopped)
    await _first(made.wait(), stopped.wait())
    while not run.ended(now := clock.monotonic()):
        await _first(clock.sleep(max(0.0, run.begun + (run.duration() or 0.0) - now)), stopped.wait())


def _known(future: Future[Any]) -> asyncio.Event:
    """Set on this loop when the future has a result, whatever thread gave it."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()

    def wake(_: object) -> None:
        with suppress(RuntimeError):  # the sandbox has ended meanwhile
            loop.call_soon_threadsafe(event.set)

    future.add_done_callback(wake)
    return event


async def _first(*work: Awaitable[Any]) -> None:
    """Until one of these is done."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
