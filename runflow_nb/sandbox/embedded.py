"""The sandbox inside this process, on a thread and a loop of its own."""

from __future__ import annotations

import atexit
import threading
from types import TracebackType
from typing import Any

from ..clock import Clock
from .app import create_app
from .book import Page
from .desk import Desk
from .server import Server, listen
from .switches import Switches

PATIENCE = 30.0


class EmbeddedSandbox:
    """A running sandbox: `.url`, `.book`, `.stop()`; also a context manager."""

    def __init__(self, switches: Switches | None = None, *, clock: Clock | None = None, **changes: Any) -> None:
        """Starts at once, on a free port of 127.0.0.1. `changes` are members of `Switches`, e.g. `latency=0`."""
        if switches is not None and changes:
            raise TypeError("give either switches or single members of them")
        app = create_app(switches or Switches(**changes), clock)
        self._desk: Desk = app.state.desk
        self._started = threading.Event()
        self._server = Server(app, listen("127.0.0.1", 0), lambda _: self._started.set())
        self.url = self._server.url
        self._thread = threading.Thread(target=self._serve, name="runflow-sandbox", daemon=True)
        self._thread.start()
        if not self._started.wait(PATIENCE) or not self._thread.is_alive():
            raise RuntimeError("the sandbox did not start")
        atexit.register(self.stop)

    @property
    def book(self) -> Page:
        """What it has seen up to now."""
        return self._desk.page()

    @property
    def instance(self) -> str:
        """What `/v1/health` calls this very sandbox."""
        return self._desk.instance

    def stop(self) -> None:
        """End it and remove its files. May be called again."""
        atexit.unregister(self.stop)
        self._server.should_exit = True
        self._thread.join(PATIENCE)

    def __enter__(self) -> EmbeddedSandbox:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def _serve(self) -> None:
        try:
            self._server.run_here()
        finally:
            self._started.set()
