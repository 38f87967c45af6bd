"""The schedule of questions keeps its figures, by simulation with fixed seeds."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runflow_nb.api.polling import HORIZON, LONGEST, expected, schedule

ROUND_TRIP = 0.005
SPREAD = 0.25
Past = Callable[[random.Random], Sequence[float]]


@dataclass(frozen=True)
class Figures:
    """Means over many runs."""

    lag: float
    """Seconds from the end of a run to the answer that tells it, as a share of the mean duration."""
    requests: float


def figures(median: float, past: Past, *, runs: int = 400, seed: int = 20) -> Figures:
    """Play runs whose durations are lognormal around `median`, each with a past of its own."""
    chance = random.Random(seed)
    lags, requests, durations = [], [], []
    for _ in range(runs):
        known, duration = past(chance), median * math.exp(chance.gauss(0, SPREAD))
        now = seen = 0.0
        asked = 0
        while seen < duration:
            now += schedule(known, now)
            seen, now = now + ROUND_TRIP / 2, now + ROUND_TRIP
            asked += 1
        lags.append(now - duration)
        requests.append(asked)
        durations.append(duration)
    return Figures(mean(lags) / mean(durations), mean(requests))


def lognormal(median: float, count: int) -> Past:
    return lambda chance: [median * math.exp(chance.gauss(0, SPREAD)) for _ in range(count)]


@pytest.mark.parametrize("median", [1.0, 3.0, 12.0, 30.0, 60.0, 120.0])
def test_after_ten_runs_the_lag_is_a_twentieth_and_the_requests_fifteen(median: float) -> None:
    found = figures(median, lognormal(median, 10))
    assert found.lag <= 0.05
    assert found.requests <= 15


@pytest.mark.parametrize("median", [2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0])
def test_cold_the_lag_is_a_tenth_and_the_requests_thirty(median: float) -> None:
    found = figures(median, lambda _: ())
    assert found.lag <= 0.10
    assert found.requests <= 30


@pytest.mark.parametrize("median", [0.05, 0.1, 0.2, 0.4, 0.7, 1.0])
def test_cold_a_short_run_is_seen_within_a_third_of_a_second(median: float) -> None:
    found = figures(median, lambda _: ())
    assert found.lag * median <= 0.4
    assert found.requests <= 5


def test_one_run_is_enough_to_learn_from() -> None:
    found = figures(20.0, lognormal(20.0, 1))
    assert found.lag <= 0.05
    assert found.requests <= 15


@pytest.mark.parametrize("change", [3.0, 10.0])
def test_runs_that_suddenly_take_longer_cost_neither_lag_nor_a_flood(change: float) -> None:
    found = figures(20.0 * change, lognormal(20.0, 10))
    assert found.lag <= 0.10
    assert found.requests <= 45


def test_runs_without_latency_are_asked_about_at_once() -> None:
    assert schedule([0.0, 0.001, 0.003], 0.0) == 0.0
    assert schedule([0.004], 0.002) == 0.0


def test_a_warm_run_of_a_few_milliseconds_is_seen_within_a_few() -> None:
    assert figures(0.03, lognormal(0.03, 10)).lag * 0.03 <= 0.008


def test_the_expected_time_is_the_median() -> None:
    assert expected([]) is None
    assert expected([9.0, 1.0, 2.0]) == 2.0


@given(
    durations=st.lists(st.floats(0, 1e6), max_size=20),
    elapsed=st.floats(0, 1e7),
)
def test_the_next_question_is_never_far_and_never_in_the_past(durations: list[float], elapsed: float) -> None:
    assert 0 <= schedule(durations, elapsed) <= LONGEST


def test_a_run_of_hours_is_asked_about_twice_a_minute() -> None:
    assert schedule([], HORIZON) == schedule([10.0], 1e7) == LONGEST
