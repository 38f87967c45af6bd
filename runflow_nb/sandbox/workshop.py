"""Threads that work beside the event loop: reading picture inputs, painting, encoding."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable


class Workshop:
    """A few daemon threads and a queue.

    Not the standard pool: that one is joined when the interpreter ends, so that a slow picture would hold up the end.
    """

    def __init__(self, name: str, workers: int) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"runflow-sandbox-{name}-{i}", daemon=True) for i in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def add(self, task: Callable[[], None]) -> None:
        """Do this soon, in one of the threads; the task itself sees to its errors."""
        self._queue.put(task)

    def close(self) -> None:
        """Let every thread end after what it is doing; what is queued is dropped."""
        while True:
            try:
                self._queue.get_nowait()
            except queue.Empty:
                break
        for _ in self._threads:
            self._queue.put(None)

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            task()
