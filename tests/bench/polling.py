"""How late it is seen that a run is done, and how often that is asked: simulated, for durations as models have them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

from runflow_nb.api.polling import schedule
from tests.bench.table import Row

TYPICAL = (2.0, 8.0, 30.0, 120.0)
"""Medians in seconds."""
SPREAD = 0.25
"""Of the logarithms of durations."""
RUNS, LEARNED_FROM = 300, 10
FIXED = 2.0
Schedule = Callable[[Sequence[float], float], float]


def rows(_: Path) -> list[Row]:
    dice = random.Random(7)
    lives = [[median * dice.lognormvariate(0.0, SPREAD) for _ in range(RUNS + LEARNED_FROM)] for median in TYPICAL]
    learned = worst(lives, schedule, LEARNED_FROM)
    cold = worst(lives, schedule, 0)
    fixed = worst(lives, lambda _, __: FIXED, 0)
    return [
        _row("seeing that a run is done, learned", learned, fixed, 0.05, 15),
        _row("seeing that a run is done, cold", cold, fixed, 0.10, 30),
    ]


def _row(what: str, found: tuple[float, float], fixed: tuple[float, float], lag: float, requests: int) -> Row:
    medians = ", ".join(f"{median:.0f}" for median in TYPICAL)
    return Row(
        what,
        f"{found[0]:.1%} late, {found[1]:.1f} requests",
        f"{fixed[0]:.1%}, {fixed[1]:.1f} every {FIXED:.0f} s",
        found[0] / fixed[0],
        f"<= {lag:.0%}, <= {requests}",
        found[0] <= lag and found[1] <= requests,
        f"means over {RUNS} runs, the worst for runs that take {medians} s (lognormal, sigma {SPREAD})",
    )


def worst(lives: Sequence[Sequence[float]], ask: Schedule, memory: int) -> tuple[float, float]:
    """(largest mean lag as a share of the duration, largest mean number of requests) over these lives."""
    means = []
    for durations in lives:
        seen = [
            follow(durations[end], durations[end - memory : end], ask) for end in range(LEARNED_FROM, len(durations))
        ]
        means.append((fmean(lag for lag, _ in seen), fmean(requests for _, requests in seen)))
    return max(lag for lag, _ in means), max(requests for _, requests in means)


def follow(duration: float, past: Sequence[float], ask: Schedule) -> tuple[float, int]:
    """(lag as a share of the duration, requests) of one run."""
    elapsed, requests = 0.0, 0
    while elapsed < duration:
        elapsed += ask(past, elapsed)
        requests += 1
    return elapsed / duration - 1, requests
