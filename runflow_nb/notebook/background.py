"""`--background`: the cell ends at once, and its outputs follow the run to its end, also while other cells run."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Any

from .. import calls
from ..engine.job import Job
from ..record.run import Run
from ..settings import Settings
from .interactive import has_page
from .interrupts import interrupts_told
from .showing.screen import Screen
from .views.live import INTERVAL
from .waiting import interrupted, until_decided

AT_ONCE = 0.3
"""Seconds that a cell gives a run to be found on record, or refused, before it goes on without it."""
LAST_LOOK = 2.0
"""Seconds that the end of a cell waits until a run that has ended by then is shown."""
_following: dict[int, Following] = {}
"""Shell -> what is followed in it."""


def begin(
    shell: Any,
    job: Job,
    screen: Screen,
    settings: Settings,
    then: Callable[[Run], object],
    decided: Callable[[Job], None] | None = None,
) -> None:
    """Show the run now if it is on record already, else when it has ended; `then` is called after it is shown.

    `decided`: called as soon as it is known what is bought, which is waited for. Raises what ends the job at once,
    StillRunning, and WaitInterrupted.
    """
    try:
        if decided is not None:
            until_decided(job, settings.wait_limit)
            decided(job)
        run = _at_once(job)
        if run is None:
            screen.progress(job)
            _following.setdefault(id(shell), Following(shell)).add(Follower(job, screen, then))
            return
    except KeyboardInterrupt:
        raise interrupted(job, screen, decided) from None
    screen.finish(run)
    then(run)


def _at_once(job: Job) -> Run | None:
    """The run, where it is at hand; None where it has to be waited for. Raises what ended it."""
    if not job.decided.wait(AT_ONCE):
        return None
    if job.bought and not job.done():
        return None
    try:
        return job.wait(AT_ONCE)
    except TimeoutError:
        return None


class Follower:
    """One job, and the outputs that show how far it is."""

    def __init__(self, job: Job, screen: Screen, then: Callable[[Run], object]) -> None:
        self.job = job
        self.screen = screen
        self.shown = threading.Event()
        """Set when the end of the job is in its cell."""
        self._then = then

    async def follow(self) -> None:
        """Until the job has ended and that is shown. Never raises what the job does: nobody would hear it."""
        try:
            while not self.job.done():
                try:
                    await asyncio.wait_for(_ended(self.job), INTERVAL)
                except TimeoutError:
                    await out_of_cell(self.screen.progress, self.job)
            run = await self.job
            try:
                await out_of_cell(self.screen.arrive, run)
            finally:
                # Also of a picture that could not be shown.
                await out_of_cell(self._then, run)
        except Exception as error:  # noqa: BLE001 - whatever ended it has to be seen, and nobody else hears it
            await out_of_cell(self.screen.fail, error)
        finally:
            self.shown.set()


async def _ended(job: Job) -> Run:
    return await job


async def out_of_cell(act: Callable[..., object], *arguments: Any) -> None:
    """Do this in a thread that belongs to no cell.

    What is published there goes out under the cell that runs at that moment, and finds its own outputs by their id;
    under the cell that began it, a headless runner would drop it.
    """
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, contextvars.Context().run, act, *arguments)


class Following:
    """The followers of one shell, and what its cells do for them. It listens as long as there are any."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._followers: list[Follower] = []

    def add(self, follower: Follower) -> None:
        """Begin to follow."""
        if not self._followers:
            self._shell.events.register("pre_run_cell", self.before_cell)
            self._shell.events.register("post_run_cell", self.after_cell)
        # Before it is listed: after an interrupt in between, each later cell would wait for what nobody shows.
        calls.session().loop.start(follower.follow())
        self._followers.append(follower)

    @interrupts_told
    def before_cell(self, *_: object) -> None:
        """What ended between two cells reached no headless runner: it is told once more."""
        for follower in [one for one in self._followers if one.shown.is_set()]:
            if not has_page(self._shell):
                follower.screen.repeat()
            self._followers.remove(follower)
        if not self._followers:
            self._shell.events.unregister("pre_run_cell", self.before_cell)
            self._shell.events.unregister("post_run_cell", self.after_cell)

    @interrupts_told
    def after_cell(self, *_: object) -> None:
        """A run that this cell waited for is shown before the cell ends."""
        for follower in self._followers:
            if follower.job.done():
                follower.shown.wait(LAST_LOOK)
