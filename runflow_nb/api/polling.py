"""When to ask whether a run is done, as a pure function of how long such runs took before.

Time is taken as its logarithm x. The chance that a run ends at x, given that it has not yet (its hazard h), comes from
two logistic distributions: a narrow one around the durations seen, and a wide one for the day when they no longer hold.
Questions stand a step of s = sqrt(price / h) apart, which is the spacing that costs least when each question costs the
same and waiting costs in proportion to the run's length: sparse, dense around the expected time, sparse again.
Without durations the hazard is flat, and the steps grow by one factor.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from statistics import median

LONGEST = 30.0
"""Seconds between two questions at the most."""
SHORTEST = 0.005
"""Seconds between two questions at the least: about a round trip."""
HORIZON = 3600.0
"""Seconds after which a run is asked about at the longest interval."""
INSTANT = 0.01
"""Where runs take no longer than this, the first question comes at once."""

COLD_FIRST = (0.12, 0.4, 1.1)
"""Seconds of the first questions when nothing is known."""
COLD_STEP = 0.18
"""Then each question comes this much later, as a logarithm: a little less than 10 % of the run's length is lag.

No schedule does better everywhere: 10 % takes 5.3 questions for each factor of e, so 30 of them span a factor of 280.
These span 1.5 s to 120 s, where the models are; below, the lag is a fraction of a second.
"""

PRICE = 0.005
"""Of one question, in squared steps: lower asks more often."""
PRIOR_SPREAD, PRIOR_WEIGHT = 0.25, 4.0
"""Spread of log durations that is believed at first, and how many durations that belief is worth."""
SURPRISE, WIDE = 0.2, 3.0
"""Share and scale of the wide distribution."""
EARLIEST = 0.25
"""The first question comes at this share of the expected time."""
SPARSE = 0.5
"""The longest step, as a logarithm."""


def expected(durations: Sequence[float]) -> float | None:
    """Seconds that such a run takes, as far as is known."""
    return median(durations) if durations else None


def schedule(durations: Sequence[float], elapsed: float) -> float:
    """Seconds from now until the next question.

    durations: seconds that runs of this kind took, perhaps none. elapsed: seconds since acceptance.
    """
    if elapsed >= HORIZON:
        return LONGEST
    usual = expected(durations)
    if usual is not None and usual <= INSTANT and elapsed < INSTANT:
        return 0.0
    questions = _learned(durations) if durations else _cold()
    return min(LONGEST, next(moment for moment in questions if moment > elapsed) - elapsed)


def _cold() -> Iterator[float]:
    yield from COLD_FIRST
    yield from _steps(COLD_FIRST[-1], lambda _: COLD_STEP)


def _learned(durations: Sequence[float]) -> Iterator[float]:
    logs = [math.log(max(each, SHORTEST)) for each in durations]
    middle = median(logs)
    deviation = PRIOR_WEIGHT * PRIOR_SPREAD**2 + sum((each - middle) ** 2 for each in logs)
    spread = math.sqrt(deviation / (PRIOR_WEIGHT + len(logs)) * (1 + 1 / len(logs)))
    narrow = spread * math.sqrt(3) / math.pi

    def step(seconds: float) -> float:
        return min(SPARSE, math.sqrt(PRICE / _hazard(math.log(seconds) - middle, narrow)))

    first = math.exp(middle) * EARLIEST
    yield first
    yield from _steps(first, step)


def _steps(begin: float, step: Callable[[float], float]) -> Iterator[float]:
    moment = begin
    while True:
        later = moment * math.exp(step(moment))
        moment = min(max(later, moment + SHORTEST), moment + LONGEST)
        yield moment


def _hazard(x: float, narrow: float) -> float:
    """Chance to end at x, for those that have not ended before, by the mixture of both distributions."""
    density = survival = 0.0
    for share, scale in ((1 - SURPRISE, narrow), (SURPRISE, WIDE)):
        left = 1 / (1 + math.exp(min(x / scale, 500.0)))
        survival += share * left
        density += share * left * (1 - left) / scale
    return density / survival
