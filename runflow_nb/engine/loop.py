"""The one background thread with the one event loop. Work is submitted to it from any thread and never awaited on it
by the thread itself."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
SLICE = 0.5
"""Seconds of one wait: an interrupt is then seen on every platform."""
ENDING = 5.0
"""Seconds that work under way is given to end when it is cancelled."""


class BackgroundLoop:
    """Starts its thread at the first use; the thread is a daemon and lives as long as the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                # Kept only once it turns: after an interrupt in between, nobody would ever be answered.
                loop = asyncio.new_event_loop()
                thread = threading.Thread(target=loop.run_forever, daemon=True, name="runflow")
                thread.start()
                self._thread, self._loop = thread, loop
            return self._loop

    def start(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Begin this on the loop; from any thread. The caller owns only the waiting."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Begin this on the loop and wait for its result. For reading only: an interrupt cancels it."""
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("the background loop cannot wait for itself")
        future = self.start(work)
        try:
            return wait(future)
        except BaseException:
            future.cancel()
            raise

    def away(self, act: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Do this in another thread and wait for it: an interrupt drops the wait and lets it go on to its end, so that
        it keeps no lock and tears no line."""
        return self.run(asyncio.to_thread(act, *args, **named))

    def cancel(self) -> None:
        """Cancel all that is under way and wait until it has ended; for tests and for the end of a program."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(_cancel_others(), self._loop).result(ENDING)

    def stop(self) -> None:
        """End the thread; for tests and for the end of a program."""
        with self._lock:
            if self._loop is None or self._thread is None:
                return
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(ENDING)
            self._loop.close()
            self._loop = self._thread = None


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def wait(future: concurrent.futures.Future[T], timeout: float | None = None) -> T:
    """The future's result, waited for in slices; raises TimeoutError after `timeout` seconds."""
    left = timeout
    while True:
        part = SLICE if left is None else min(SLICE, left)
        done, _ = concurrent.futures.wait([future], part)
        if done:
            return future.result()
        if left is not None:
            left -= part
            if left <= 0:
                raise TimeoutError(f"not done after {timeout} s; it goes on")
