"""What one run costs beside the exchanges that it is made of."""

from __future__ import annotations

from pathlib import Path

from runflow_nb import generate
from tests.bench.bare import SMALLEST, Bare
from tests.bench.product import connected
from tests.bench.server import running
from tests.bench.table import Row
from tests.bench.timing import alternate, ms, seconds

WARM, TURNS = 100, 100
MOST, MORE = 1.3, 0.005


def rows(folder: Path) -> list[Row]:
    with running() as server, connected(server.url, folder):
        bare = Bare(server.url, folder)

        def ours(turn: int) -> float:
            return seconds(lambda: generate(f"a fox, picture {turn}", **SMALLEST))

        def theirs(turn: int) -> float:
            return seconds(lambda: bare.run(f"a bare fox, picture {turn}"))

        alternate(lambda turn: ours(-1 - turn), lambda turn: theirs(-1 - turn), WARM)
        pairs = alternate(ours, theirs, TURNS)
        bare.close()
    return [
        Row(
            "one run, own time",
            ms(pairs.middle),
            f"{ms(pairs.floor_middle)} bare httpx",
            pairs.ratio,
            f"<= {MOST} x, or <= {MORE * 1000:.0f} ms more",
            pairs.ratio <= MOST or pairs.more <= MORE,
            f"{ms(pairs.more)} more than bare httpx; 0.5K JPEG, no latency, previews left out, the picture painted "
            "beforehand; both sides create, ask, download, hash, write and fsync",
        )
    ]
