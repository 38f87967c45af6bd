"""What one run costs beside the exchanges that it is made of."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from runflow_nb import generate
from tests.bench.bare import SMALLEST, Bare, FanOut
from tests.bench.product import connected
from tests.bench.server import running
from tests.bench.table import Row
from tests.bench.timing import alternate, ms, seconds

WARM, TURNS = 60, 150
MOST, MORE = 1.3, 0.005


def rows(folder: Path) -> list[Row]:
    """The floor is httpx's asynchronous client, as the product's is: only that one brings many runs home at once."""
    (folder / "bare").mkdir()
    in_use(folder / ".runflow" / "images")
    blocking: list[float] = []
    with running() as server, connected(server.url, folder):
        plain, simple = FanOut(server.url, folder / "bare"), Bare(server.url, folder / "bare")

        def ours(turn: int) -> float:
            return seconds(lambda: generate(f"a fox, picture {turn}", **SMALLEST))

        def theirs(turn: int) -> float:
            blocking.append(seconds(lambda: simple.run(f"a simple fox, picture {turn}")))
            return seconds(lambda: plain.run([f"a bare fox, picture {turn}"], 0.0))

        alternate(lambda turn: ours(-1 - turn), lambda turn: theirs(-1 - turn), WARM)
        blocking.clear()
        pairs = alternate(ours, theirs, TURNS)
        plain.close()
        simple.close()
    return [
        Row(
            "one run, own time",
            ms(pairs.middle),
            f"{ms(pairs.floor_middle)} bare httpx",
            pairs.ratio,
            f"<= {MOST} x, or <= {MORE * 1000:.0f} ms more",
            pairs.ratio <= MOST or pairs.more <= MORE,
            f"{ms(pairs.more)} more than bare httpx (asynchronous, as the product's; its blocking client takes "
            f"{ms(median(blocking))}); 0.5K JPEG, no latency, previews left out, the picture painted beforehand; all "
            "create, ask, download, hash, write and fsync",
        )
    ]


def in_use(images: Path) -> None:
    """The folders that a store has after some hundred pictures: making one is no part of a warm run."""
    for first in range(256):
        (images / f"{first:02x}").mkdir(parents=True)
