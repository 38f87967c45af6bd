"""How much memory it takes to bring four originals of 4K home."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.bench.server import running
from tests.bench.table import Row

WAYS = ("streamed", "with preview", "stream", "content", "decode")
SLACK = 24.0
"""MB that bookkeeping may take beyond the floor."""


def rows(folder: Path) -> list[Row]:
    if not Path("/proc/self/clear_refs").exists():
        return []
    with running() as server:
        grown = {way: _grown(way, server.url, folder) for way in WAYS}
    return [
        _row("four 4K originals", grown["streamed"], grown["stream"], "streamed by bare httpx", grown),
        _row("  with their preview", grown["with preview"], grown["decode"], "Pillow, one decoded", grown),
    ]


def _row(what: str, measured: float, floor: float, words: str, grown: dict[str, float]) -> Row:
    return Row(
        what,
        f"{measured:.0f} MB",
        f"{floor:.0f} MB {words}",
        measured / floor,
        f"<= floor + {SLACK:.0f} MB",
        measured <= floor + SLACK,
        f"growth of the process's peak; holding all four in memory takes {grown['content']:.0f} MB",
    )


def _grown(way: str, url: str, folder: Path) -> float:
    place = folder / way.replace(" ", "-")
    place.mkdir()
    command = [sys.executable, "-m", "tests.bench.collecting", way, url, str(place)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
