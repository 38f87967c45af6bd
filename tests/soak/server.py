"""The sandbox of a soak in a process of its own; told by SIGUSR1, nothing goes wrong any more.

python -m tests.soak.server LATENCY SPEC
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import httpx

from runflow_nb.sandbox.app import create_app
from runflow_nb.sandbox.faults.apply import under_faults
from runflow_nb.sandbox.handlers import call
from runflow_nb.sandbox.offers import pictures
from runflow_nb.sandbox.server import Server, listen
from runflow_nb.sandbox.switches import Switches
from tests.bench.server import CREDIT, ready_made

SANDBOX_KEY = {"authorization": "Bearer sandbox"}


@dataclass(frozen=True, slots=True)
class SoakServer:
    """A running one."""

    url: str
    process: subprocess.Popen[str]

    def heal(self) -> None:
        """From now on it serves every request as it should."""
        self.process.send_signal(signal.SIGUSR1)

    def book(self) -> dict[str, Any]:
        return self._get("/sandbox/book").json()

    def run(self, run_id: str) -> dict[str, Any]:
        """What the API says of a run."""
        return self._get(f"/v1/runs/{run_id}").json()

    def picture(self, url: str) -> bytes:
        return self._get(url).content

    def _get(self, path: str) -> httpx.Response:
        url = path if path.startswith("http") else self.url + path
        return httpx.get(url, headers=SANDBOX_KEY, trust_env=False, timeout=60).raise_for_status()


@contextmanager
def running(latency: float, spec: str) -> Iterator[SoakServer]:
    """A server; `latency` in seconds from the create to the end of a run, `spec` a plan of faults."""
    command = [sys.executable, "-m", "tests.soak.server", str(latency), spec]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            yield SoakServer(said.split()[-1], process)
        finally:
            process.kill()


def main(latency: str, spec: str) -> None:
    healed = False

    def heal(*_: object) -> None:
        nonlocal healed
        healed = True

    async def until_healed(request: Any, turns: Any, clock: Any, work: Any) -> Any:
        return await under_faults(request, () if healed else turns, clock, work)

    signal.signal(signal.SIGUSR1, heal)
    app = create_app(Switches(latency=float(latency), balance=CREDIT, faults=spec))
    server = Server(app, listen("127.0.0.1", 0), lambda url: print(f"listening on {url}", flush=True))
    with patch.object(pictures, "paint", ready_made), patch.object(call, "under_faults", until_healed):
        server.run_here()


if __name__ == "__main__":
    main(*sys.argv[1:])
