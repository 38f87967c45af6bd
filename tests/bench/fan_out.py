"""Many runs at once."""

from __future__ import annotations

from pathlib import Path

from runflow_nb import generate
from tests.bench import bare
from tests.bench.product import connected
from tests.bench.server import running
from tests.bench.table import Row
from tests.bench.timing import alternate, ms, seconds

AT_ONCE, TURNS, LATENCY = 64, 5, 1.0
MOST = 1.25


def rows(folder: Path) -> list[Row]:
    with running(LATENCY) as server, connected(server.url, folder):
        plain = bare.FanOut(server.url, folder)

        def ours(turn: int) -> float:
            prompts = [f"turn {turn}, fox {number}" for number in range(AT_ONCE)]
            return seconds(lambda: buy(prompts))

        def theirs(turn: int) -> float:
            prompts = [f"turn {turn}, bare fox {number}" for number in range(AT_ONCE)]
            return seconds(lambda: plain.run(prompts, LATENCY))

        ours(-1)
        theirs(-1)
        pairs = alternate(ours, theirs, TURNS)
        plain.close()
    return [
        Row(
            f"{AT_ONCE} runs at once",
            ms(pairs.middle),
            f"{ms(pairs.floor_middle)} bare httpx",
            pairs.ratio,
            f"<= {MOST} x",
            pairs.ratio <= MOST,
            f"0.5K JPEG, {LATENCY:.0f} s each, previews left out; the bare program is told when to ask",
        )
    ]


def buy(prompts: list[str]) -> None:
    jobs = [generate(prompt, background=True, **bare.SMALLEST) for prompt in prompts]
    for job in jobs:
        job.wait()
