"""What a run cost, where the API did not say so when it ended: asked for again by run id, for nothing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from decimal import Decimal

from ..clock import Clock
from ..errors import RunflowError
from ..record.run import Run
from ..record.schema import is_unpriced
from .connection import Connection
from .recorder import Recorder

PAUSES = (2.0, 10.0, 60.0, 300.0)
"""Seconds before each question of its own accord; afterwards only a person's resume asks."""


class LateCosts:
    """Asks for costs on the background loop."""

    def __init__(self, connection: Connection, recorder: Recorder, clock: Clock) -> None:
        self._connection = connection
        self._recorder = recorder
        self._clock = clock
        self._asking: set[asyncio.Task[None]] = set()

    def watch(self, run: Run) -> None:
        """Ask now and then from here on, where this run ended and nobody said what it cost. On the loop."""
        if is_unpriced(run):
            task = asyncio.get_running_loop().create_task(self._watch(run))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def ask(self, run: Run) -> Decimal | None:
        """What it cost, now on record; None where the API does not say.

        Raises ServerUnavailable, RequestRefused, StoreUnavailable, NotConnected.
        """
        from ..api.errors import RunNotFound

        if run.run_id is None or run.origin != self._connection.origin:
            return None
        client = await self._connection.client()
        if run.origin == "sandbox" and self._connection.is_another(run.instance):
            return None
        try:
            remote = await client.get_run(run.run_id)
        except RunNotFound:
            return None
        if remote.cost is not None:
            await asyncio.to_thread(self._recorder.priced, run.id, remote.cost)
        return remote.cost

    async def _watch(self, run: Run) -> None:
        for pause in PAUSES:
            await self._clock.sleep(pause)
            with suppress(RunflowError):
                if await self.ask(run) is not None:
                    return
