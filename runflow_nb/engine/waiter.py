"""Two ways for a thread to wait for a job: blocked, or with its own event loop turning."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..record.run import Run
from ..settings import Wait
from .job import Job

Waiter = Callable[[Job, float], Run]
"""Waits for at most so many seconds; raises what `Job.wait` raises."""


def waiter(wait: Wait) -> Waiter:
    """The way to wait that is set."""
    return turning if wait == "loop" else blocked


def blocked(job: Job, seconds: float) -> Run:
    """The thread stands still."""
    return job.wait(seconds)


def turning(job: Job, seconds: float) -> Run:
    """The event loop that runs in this thread goes on with its other tasks; without one the thread stands still.

    Patches asyncio in the whole process, which is why it has to be asked for. Where the notebook has patched it with
    the original nest_asyncio, the thread stands still too: the cells that come meanwhile would never end.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return job.wait(seconds)
    if hasattr(asyncio, "_nest_patched") and not hasattr(asyncio, "_nest_asyncio2"):
        return job.wait(seconds)
    import nest_asyncio2

    nest_asyncio2.apply(loop)
    run: Run = loop.run_until_complete(asyncio.wait_for(_ended(job), seconds))
    return run


async def _ended(job: Job) -> Run:
    return await job
