"""A cell waits for a run. It owns the waiting only: whatever ends it, the run goes on."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..engine.job import Job
from ..engine.waiter import waiter
from ..errors import RunflowError, StillRunning, WaitInterrupted
from ..record.run import Run
from ..settings import Settings
from .showing.screen import Screen
from .views.live import GOES_ON, INTERVAL

LAST_LOOK = 2.0
"""Seconds that an interrupt waits to learn of the run that is just being begun."""


def wait_on(job: Job, settings: Settings, screen: Screen, decided: Callable[[Job], None] | None = None) -> Run:
    """The finished run, shown on the screen. `decided` is called once it is known what is bought.

    Raises what the run ended with; StillRunning when the limit is over; WaitInterrupted on an interrupt.
    """
    try:
        run = _watched(job, settings, screen, decided)
    except StillRunning:
        screen.leave("The run goes on; this cell waits no longer.", GOES_ON)
        raise
    except KeyboardInterrupt:
        raise interrupted(job, screen, decided) from None
    except RunflowError:
        screen.leave("Ended without a picture.", "; ".join(job.warnings))
        raise
    screen.finish(run)
    return run


def _watched(job: Job, settings: Settings, screen: Screen, decided: Callable[[Job], None] | None) -> Run:
    wait, limit = waiter(settings.wait), settings.wait_limit
    end = time.monotonic() + limit
    until_decided(job, limit)
    if decided is not None:
        decided(job)
    while not job.done():
        _check(job, end, limit)
        if not job.from_record:
            screen.progress(job)
        try:
            return wait(job, INTERVAL)
        except TimeoutError:
            continue
    return job.wait()


def until_decided(job: Job, limit: float) -> None:
    """Wait until it is known what is bought. Raises StillRunning when the limit is over and nothing is being bought."""
    end = time.monotonic() + limit
    # In short waits: a limit may be longer than one wait can be.
    while not job.decided.wait(INTERVAL):
        if time.monotonic() >= end and job.withdraw():
            raise StillRunning("", limit)


def interrupted(job: Job, screen: Screen, decided: Callable[[Job], None] | None) -> WaitInterrupted:
    """The error of a cell whose person stopped waiting: nothing is bought any more, or `decided` is told what is."""
    if not job.withdraw() and job.decided.wait(LAST_LOOK) and decided is not None:
        decided(job)
    screen.leave("Stopped waiting; the run goes on.", GOES_ON)
    return WaitInterrupted(job.id or "")


def _check(job: Job, end: float, limit: float) -> None:
    if time.monotonic() >= end:
        raise StillRunning(job.id or "", limit)
