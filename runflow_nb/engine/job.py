"""One run on its way. The engine owns it; people only wait on it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import copy
import threading
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from ..clock import Clock
from ..errors import RunflowError
from ..models.price import Estimate
from ..record.run import Run
from .loop import wait


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, at one moment."""

    state: str
    """looking, preparing, sending, queued, dispatching, running, collecting, or an unknown word of the API."""
    elapsed: float
    """Seconds since it was bought, or since it was asked for."""
    expected: float | None
    """Seconds that such a run took before; None where this store has none."""
    price: Estimate
    bought: bool
    """Whether this job itself sent the request, rather than waiting for a run already paid for."""
    decided: bool = True
    """Whether it is known which of the two it is."""


class Withdrawn(Exception):
    """The order was taken back before anything was bought; nobody waits to hear it."""


class Job:
    """A run in flight. `await` it, or `.wait()`; giving up the wait changes nothing for the run."""

    def __init__(self, price: Estimate, clock: Clock, warnings: tuple[str, ...] = ()) -> None:
        self.price = price
        self.warnings = warnings
        """What the request should be told about, in words."""
        self.decided = threading.Event()
        """Set when it is known whether the run is on record or is being bought or waited for."""
        self.from_record = False
        self.bought = False
        """Whether this job itself sent the request, rather than waiting for a run already paid for."""
        self.state = "looking"
        self.expected: float | None = None
        self.id: str | None = None
        """Our id of the run, once there is one."""
        self.run: Run | None = None
        """Its record as far as it is known."""
        self.ordered = self.started = clock.monotonic()
        """When it was asked for, and when it was bought (monotonic seconds)."""
        self._clock = clock
        self._owner: Job | None = None
        self._binding = threading.Lock()
        self._withdrawn = False
        self._ended: concurrent.futures.Future[Run] = concurrent.futures.Future()

    def __repr__(self) -> str:
        return f"<Job {self.id or '-'} {self.status}>"

    @property
    def status(self) -> str:
        """The run's status once it has ended, until then the state of the work."""
        return self.run.status if self.done() and self.run is not None else self.state

    def done(self) -> bool:
        return self._ended.done()

    def wait(self, timeout: float | None = None) -> Run:
        """The finished run, blocking for at most `timeout` seconds.

        Raises what `generate` raises, and TimeoutError when the time is over (the run goes on).
        """
        try:
            return wait(self._ended, timeout)
        except RunflowError as error:
            # Every waiter gets an error of its own: a shared one would collect the tracebacks of all of them.
            raise copy.copy(error) from None

    def __await__(self) -> Generator[Any, None, Run]:
        return self._shielded().__await__()

    async def _shielded(self) -> Run:
        ended = asyncio.wrap_future(self._ended)
        # Of an end that nobody waits for any more asyncio would complain, in whichever cell runs.
        ended.add_done_callback(lambda one: one.cancelled() or one.exception())
        try:
            return await asyncio.shield(ended)
        except RunflowError as error:
            raise copy.copy(error) from None

    def progress(self) -> Progress:
        """How far it is now; from any thread."""
        if self._owner is not None:
            return self._owner.progress()
        elapsed = max(0.0, self._clock.monotonic() - self.started)
        return Progress(self.state, elapsed, self.expected, self.price, self.bought, self.decided.is_set())

    def withdraw(self) -> bool:
        """Take the order back: whether it was in time, so that this job buys nothing. From any thread."""
        with self._binding:
            if self.id is None and not self.decided.is_set():
                self._withdrawn = True
            return self._withdrawn

    def bind(self, run: str) -> None:
        """The engine's word that it is about to buy this run. Raises Withdrawn."""
        with self._binding:
            if self._withdrawn:
                raise Withdrawn
            self.id = run

    def say(self, state: str) -> None:
        """The engine's word on how far it is."""
        self.state = state

    def follow(self, owner: Job) -> None:
        """The engine's word that another job of this process already brings this run to its end."""
        self._owner = owner
        self.id = owner.id
        self.decided.set()

    def finish(self, run: Run) -> None:
        """The engine's word that it is over."""
        self.run, self.id = run, run.id
        self.decided.set()
        self._ended.set_result(run)

    def fail(self, error: BaseException) -> None:
        """The engine's word that it ended without a run to show."""
        self.run = getattr(error, "run", self.run)
        self.decided.set()
        self._ended.set_exception(error)
