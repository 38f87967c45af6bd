"""The sandbox in a process of its own, whose pictures are ready before they are asked for: painting is not measured.

    python -m tests.bench.server LATENCY

Each picture ends in some bytes of its own, so that none is on disk already when it is delivered.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from unittest.mock import patch

import httpx

from runflow_nb.sandbox.command import serve
from runflow_nb.sandbox.offers import pictures
from runflow_nb.sandbox.paint.commission import Commission
from runflow_nb.sandbox.switches import Switches
from tests.bench.photographs import photograph

CREDIT = Decimal(1_000_000)
BOOK = "/sandbox/book"


@dataclass(frozen=True, slots=True)
class Server:
    """A running one."""

    url: str

    def requests(self) -> int:
        """How many requests it has seen, those for this number left out."""
        counted: dict[str, int] = httpx.get(self.url + BOOK, trust_env=False).json()["requests"]
        return sum(number for name, number in counted.items() if not name.endswith(BOOK))


@contextmanager
def running(latency: float = 0.0) -> Iterator[Server]:
    """A server; `latency` in seconds from the create to the end of a run."""
    command = [sys.executable, "-m", "tests.bench.server", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            yield Server(said.split()[-1])
        finally:
            process.terminate()


def ready_made(commission: Commission) -> bytes:
    """In place of the painter: a picture made once for its size, told apart by its last bytes."""
    own = hashlib.sha256(repr(commission).encode()).digest()
    return photograph(commission.width, commission.height, commission.format) + own


if __name__ == "__main__":
    with patch.object(pictures, "paint", ready_made):
        serve("127.0.0.1", 0, Switches(latency=float(sys.argv[1]), balance=CREDIT))
