"""The runs of a studio on their way: followed on the background loop, told at most five times a second."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from ... import calls
from ...engine.job import Job
from ...notebook.background import out_of_cell
from ...notebook.views.live import INTERVAL
from ...record.run import Run
from .cards import Card, unexpected

Show = Callable[[Sequence[Card]], None]
_numbers = itertools.count(1)


class Work:
    """Follows jobs to their ends. Any thread may add one; giving it up changes nothing for the runs."""

    def __init__(self, show: Show, ended: Callable[[], None]) -> None:
        """`show`: is handed all cards, newest first. `ended`: called after one or several of them have ended.
        Both in a thread that belongs to no cell, one call at a time."""
        self._show = show
        self._ended = ended
        self._lock = threading.Lock()
        self._painting = threading.Lock()
        self._followed: list[_Followed] = []
        self._turning = False

    def add(self, prompt: str, job: Job) -> None:
        """Follow this from now on."""
        self._put(_Followed(prompt, job, None))

    def refused(self, prompt: str, error: Exception) -> None:
        """What was asked for and could not even begin."""
        self._put(_Followed(prompt, None, unexpected(error)))

    def open(self) -> list[tuple[str, Job]]:
        """(prompt, job) of those that have not ended."""
        with self._lock:
            return [(one.prompt, one.job) for one in self._followed if one.job is not None and not one.done]

    def runs(self) -> list[Run]:
        """Those that have ended with pictures."""
        return [card.run for card in self.cards() if card.run is not None]

    def cards(self) -> list[Card]:
        """As they stand now, newest first; a run that was asked for twice has one."""
        with self._lock:
            followed = list(self._followed)
        seen: set[str] = set()
        found = []
        for one in followed:
            name = one.job.id if one.job is not None else None
            if name is None or name not in seen:
                found.append(one.card())
            if name is not None:
                seen.add(name)
        return found[::-1]

    def tell(self) -> None:
        """Show all cards now."""
        with self._painting:
            self._show(self.cards())

    def _put(self, followed: _Followed) -> None:
        with self._lock:
            self._followed.append(followed)
            begin, self._turning = not self._turning, True
        if begin:
            calls.session().loop.start(self._turn())

    async def _turn(self) -> None:
        told: set[str] = set()
        try:
            while True:
                with self._lock:
                    followed = list(self._followed)
                ended = {one.key for one in followed if one.done}
                # Whatever goes wrong with one showing, the others are followed to their ends.
                with suppress(Exception):
                    await out_of_cell(self.tell)
                if ended - told:
                    told |= ended
                    with suppress(Exception):
                        await out_of_cell(self._ended)
                with self._lock:
                    if len(self._followed) == len(followed) == len(ended):
                        self._turning = False
                        return
                await asyncio.sleep(INTERVAL)
        except BaseException:
            # The loop was stopped: the next run is followed on another.
            self._turning = False
            raise


class _Followed:
    """One job with the words it was asked for."""

    def __init__(self, prompt: str, job: Job | None, error: Exception | None) -> None:
        self.key = f"card{next(_numbers)}"
        self.prompt = prompt
        self.job = job
        self._error = error

    @property
    def done(self) -> bool:
        return self.job is None or self.job.done()

    def card(self) -> Card:
        if self.job is None:
            return Card(self.key, self.prompt, error=self._error)
        progress = self.job.progress()
        if not self.job.done():
            return Card(self.key, self.prompt, progress)
        try:
            run = self.job.wait()
        except Exception as error:  # noqa: BLE001 - whatever ended it has to be seen, and nobody else hears it
            return Card(self.key, self.prompt, progress, error=unexpected(error))
        return Card(self.key, self.prompt, progress, run, from_record=self.job.from_record)
