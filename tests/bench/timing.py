"""Samples of a measurement and of its floor, taken in turns, so that whatever else the machine does meets both."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Pairs:
    """Seconds, or whatever else was sampled: one of each a turn."""

    measured: tuple[float, ...]
    floor: tuple[float, ...]

    @property
    def middle(self) -> float:
        return median(self.measured)

    @property
    def floor_middle(self) -> float:
        return median(self.floor)

    @property
    def ratio(self) -> float:
        """Of the medians."""
        return self.middle / self.floor_middle

    @property
    def more(self) -> float:
        """By how much the measured is above its floor, of the medians."""
        return self.middle - self.floor_middle


def alternate(measured: Callable[[int], float], floor: Callable[[int], float], turns: int) -> Pairs:
    """Sample both, the floor first in every second turn. Each callable is given the turn's number."""
    ours, theirs = [], []
    for turn in range(turns):
        if turn % 2:
            theirs.append(floor(turn))
            ours.append(measured(turn))
        else:
            ours.append(measured(turn))
            theirs.append(floor(turn))
    return Pairs(tuple(ours), tuple(theirs))


def seconds(work: Callable[[], object]) -> float:
    """How long this takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def ms(value: float) -> str:
    """Seconds in words."""
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1000:.1f} ms" if value >= 0.001 else f"{value * 1000:.2f} ms"
