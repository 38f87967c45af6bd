"""The async twins of the blocking calls: the same arguments, results and errors, awaited on any running loop.

Cancelling an await drops the wait and never the run.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Literal, overload

from . import calls
from .callback import in_callback
from .engine.job import Job
from .errors import StillRunning
from .models.price import Estimate
from .record.history import History
from .record.run import Run


@overload
async def generate(prompt: str, *, estimate: Literal[True], **fields: Any) -> Estimate: ...
@overload
async def generate(prompt: str, *, background: Literal[True], **fields: Any) -> Job: ...
@overload
async def generate(prompt: str, **fields: Any) -> Run: ...
def generate(
    prompt: str, *, background: bool = False, estimate: bool = False, **fields: Any
) -> Coroutine[Any, Any, Run | Job | Estimate]:
    """See `runflow_nb.generate`."""
    if estimate:
        return asyncio.to_thread(calls.price, prompt, **fields)
    # Asked now: a task has nobody on its stack.
    return _begun(partial(calls.begin, prompt, **fields), in_callback(), background)


async def _begun(begin: Callable[..., Job], by_callback: bool, background: bool) -> Run | Job:
    settings = calls.session().settings()
    by_callback = by_callback or in_callback()
    job = await asyncio.to_thread(begin, settings=settings, by_callback=by_callback)
    if background:
        return job
    limit = settings.wait_limit
    try:
        return await asyncio.wait_for(_ended(job), limit)
    except TimeoutError:
        job.withdraw()
        raise StillRunning(job.id or "", limit) from None


async def _ended(job: Job) -> Run:
    return await job


@overload
async def edit(prompt: str, images: Any, *, estimate: Literal[True], **fields: Any) -> Estimate: ...
@overload
async def edit(prompt: str, images: Any, *, background: Literal[True], **fields: Any) -> Job: ...
@overload
async def edit(prompt: str, images: Any, **fields: Any) -> Run: ...
async def edit(prompt: str, images: Any, **fields: Any) -> Run | Job | Estimate:
    """See `runflow_nb.edit`."""
    made: Run | Job | Estimate = await generate(prompt, images=images, **fields)
    return made


@overload
async def remake(run: Run, *, estimate: Literal[True], **terms: Any) -> Estimate: ...
@overload
async def remake(run: Run, *, background: Literal[True], **terms: Any) -> Job: ...
@overload
async def remake(run: Run, **terms: Any) -> Run: ...
def remake(
    run: Run, *, background: bool = False, estimate: bool = False, **terms: Any
) -> Coroutine[Any, Any, Run | Job | Estimate]:
    """See `runflow_nb.remake`."""
    if estimate:
        return asyncio.to_thread(partial(calls.remake, run, estimate=True, **terms))
    return _begun(partial(calls.begin_remake, run, **terms), in_callback(), background)


async def history(saved: str | os.PathLike[str] | None = None, *, all: bool = False) -> History:  # noqa: A002 - see there
    """See `runflow_nb.history`."""
    return await asyncio.to_thread(calls.history, saved, all=all)


async def connect(to: str = "live", *, api_key: str | None = None, keyring: bool = False) -> None:
    """See `runflow_nb.connect`."""
    await asyncio.to_thread(calls.connect, to, api_key=api_key, keyring=keyring)
