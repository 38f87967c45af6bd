"""A program of its own that makes one request, and may be stopped after its k-th effect on disk or network.

    python -m tests.engine.driver STORE BASE_URL PROMPT [--stop-after K] [--later SECONDS] [--image PATH]
    python -m tests.engine.driver STORE BASE_URL --resume [--stop-after K] [--later SECONDS]

Prints `effects N` when it comes to its end.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from runflow_nb import calls
from runflow_nb.clock import SystemClock
from runflow_nb.engine.resuming import Resumed, Resuming, resumable
from runflow_nb.engine.session import Session
from runflow_nb.errors import RunflowError
from runflow_nb.record.disk import Disk, Writer

PATIENCE = 30.0
"""Seconds that a resume waits for one run."""


class Effects:
    """Counts effects, and kills this process after the k-th, as a power cut would."""

    def __init__(self, stop_after: int | None) -> None:
        self.count = 0
        self._stop_after = stop_after
        self._lock = threading.Lock()

    def done(self) -> None:
        with self._lock:
            self.count += 1
            if self.count == self._stop_after:
                os.kill(os.getpid(), signal.SIGKILL)


class CountingWriter:
    """A file being written; putting it in place is one effect."""

    def __init__(self, writer: Writer, effects: Effects) -> None:
        self._writer = writer
        self._effects = effects

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    def finish(self, path: Path | None = None) -> Path:
        placed = self._writer.finish(path)
        self._effects.done()
        return placed

    def discard(self) -> None:
        self._writer.discard()


class CountingDisk(Disk):
    """The real disk; each effect is counted once it has happened."""

    def __init__(self, effects: Effects) -> None:
        self._effects = effects

    def append(self, path: Path, data: bytes) -> None:
        super().append(path, data)
        self._effects.done()

    def mkdir(self, path: Path) -> None:
        super().mkdir(path)
        self._effects.done()

    def touch(self, path: Path) -> None:
        super().touch(path)
        self._effects.done()

    def unlink(self, path: Path) -> None:
        super().unlink(path)
        self._effects.done()

    def stream(self, path: Path) -> Any:
        return CountingWriter(super().stream(path), self._effects)


class CountingTransport(httpx.AsyncHTTPTransport):
    """The real network; an exchange counts once the server has answered."""

    def __init__(self, effects: Effects) -> None:
        super().__init__()
        self._effects = effects

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        self._effects.done()
        return response


class LaterClock(SystemClock):
    """The machine's clock, moved on."""

    def __init__(self, later: float) -> None:
        self._later = later

    def time(self) -> float:
        return super().time() + self._later

    def monotonic(self) -> float:
        return super().monotonic() + self._later


def resume(session: Session) -> Resumed:
    """What a person's resume does: every open run brought to its end, and waited for."""
    settings = session.settings()
    engine = session.engine(settings)
    resuming = Resuming(engine, resumable(engine.store), settings)
    while (job := resuming.next()) is not None:
        with suppress(RunflowError):
            job.wait(PATIENCE)
    return resuming.resumed(0.0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("store", type=Path)
    parser.add_argument("base_url")
    parser.add_argument("prompt", nargs="?")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--stop-after", type=int)
    parser.add_argument("--later", type=float, default=0.0)
    parser.add_argument("--image")
    options = parser.parse_args()
    os.environ["RUNFLOW_BASE_URL"] = options.base_url
    os.environ["RUNFLOW_NB_STORE"] = str(options.store)
    effects = Effects(options.stop_after)
    session = Session(LaterClock(options.later), disk=CountingDisk(effects), transport=CountingTransport(effects))
    calls.use(session)
    if options.resume:
        resume(session)
    else:
        run = calls.generate(options.prompt, images=options.image, resolution="0.5K")
        assert run.images[0].path.exists()
    session.close()
    print(f"effects {effects.count}", flush=True)


if __name__ == "__main__":
    main()
