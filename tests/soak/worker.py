"""One process of a soak: asks for its share from threads, tasks and in the background, and does what a person does when
something goes wrong: asks again.

    python -m tests.soak.worker STORE BASE_URL PICTURE BEGUN RUNS SEED PROCESSES NUMBER

Prints `ended` for each ask that came to its end, and the traceback of each error that no person should meet.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from runflow_nb import aio, calls
from runflow_nb.engine.session import Session
from runflow_nb.errors import RunflowError
from tests.soak.clock import FastClock
from tests.soak.load import TASKS, Ask, make_load

ENDED = "ended"
THREADS = 6
PLACES = 6
"""Tasks at a time."""
SOON = 0.1
"""Seconds after which a task is cancelled at the latest."""
TRIES = 5
"""Times that a person asks before leaving it for tomorrow."""
PAUSE = 0.1
"""Seconds in which a person makes up their mind to ask again."""
PATIENCE = 60.0


def open_session(store: Path, url: str, begun: float) -> Session:
    """This process's session, at the soak's own time."""
    os.environ |= {"RUNFLOW_BASE_URL": url, "RUNFLOW_NB_STORE": str(store), "RUNFLOW_NB_BUDGET": "100000"}
    session = Session(FastClock(begun))
    calls.use(session)
    return session


def fields(ask: Ask, take: int, picture: Path) -> dict[str, Any]:
    """The request as `generate` takes it."""
    given: dict[str, Any] = {"resolution": "0.5K", "output_format": "jpeg", "take": take}
    return given | ({"images": picture} if ask.edit else {})


class Worker:
    """Goes through a share of the load."""

    def __init__(self, picture: Path, begun: float, say: Callable[[str], None]) -> None:
        """`begun`: when the soak was, in seconds since 1970."""
        self._picture = picture
        self._begun = begun
        self._say = say
        self._dice = random.Random(begun)

    def go_through(self, asks: Sequence[Ask]) -> None:
        """All of them, several at a time."""
        tasks = [ask for ask in asks if ask.how in TASKS]
        beside = [
            threading.Thread(target=lambda: asyncio.run(self._tasks(tasks))),
            threading.Thread(target=lambda: self._at_their_moments([ask for ask in asks if ask.moment is not None])),
        ]
        for thread in beside:
            thread.start()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self.ask, [ask for ask in asks if ask.how not in TASKS and ask.moment is None]))
        for thread in beside:
            thread.join()

    def _at_their_moments(self, asks: Sequence[Ask]) -> None:
        with ThreadPoolExecutor(max(1, len(asks))) as pool:
            for ask in asks:
                time.sleep(max(0.0, self._begun + (ask.moment or 0.0) - time.time()))
                pool.submit(self.ask, ask)

    def ask(self, ask: Ask) -> bool:
        """From a thread; whether all takes are there."""
        # All of them, also where the first is of unknown fate: it is held all the same.
        there = [self._take(ask, take) for take in range(1, ask.takes + 1)]
        self._say(ENDED)
        return all(there)

    def _take(self, ask: Ask, take: int) -> bool:
        for _ in range(TRIES):
            try:
                given = fields(ask, take, self._picture)
                if ask.how == "background":
                    calls.generate(ask.prompt, background=True, **given).wait(PATIENCE)
                else:
                    calls.generate(ask.prompt, **given)
            except RunflowError:
                time.sleep(PAUSE)
            except Exception:  # noqa: BLE001 - whatever it is, it is what the soak looks for
                self._say(repr(traceback.format_exc()))
            else:
                return True
        return False

    async def _tasks(self, asks: Sequence[Ask]) -> None:
        places = asyncio.Semaphore(PLACES)

        async def in_turn(ask: Ask) -> None:
            async with places:
                await self._task(ask)

        await asyncio.gather(*map(in_turn, asks))

    async def _task(self, ask: Ask) -> None:
        for take in range(1, ask.takes + 1):
            for _ in range(TRIES):
                try:
                    if ask.how == "cancelled":
                        await self._given_up(ask, take)
                    await aio.generate(ask.prompt, **fields(ask, take, self._picture))
                    break
                except RunflowError:
                    await asyncio.sleep(PAUSE)
                except Exception:  # noqa: BLE001 - as above
                    self._say(repr(traceback.format_exc()))
        self._say(ENDED)

    async def _given_up(self, ask: Ask, take: int) -> None:
        waiting = asyncio.create_task(aio.generate(ask.prompt, **fields(ask, take, self._picture)))
        await asyncio.wait([waiting], timeout=self._dice.uniform(0, SOON))
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting


def main(store: str, url: str, picture: str, begun: str, runs: str, seed: str, processes: str, number: str) -> None:
    session = open_session(Path(store), url, float(begun))
    speaking = threading.Lock()

    def say(line: str) -> None:
        with speaking:
            print(line, flush=True)

    share = make_load(int(runs), int(seed), int(processes)).asks[int(number)]
    Worker(Path(picture), float(begun), say).go_through(share)
    session.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
