"""A plan while it is carried out: whose turn it is at a request, and how often each rule has acted."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .plan import Plan, Rule


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What came of one rule."""

    rule: str
    """As it was written."""
    asked: int
    """Requests at its endpoints."""
    acted: int


@dataclass(slots=True, eq=False)
class Turn:
    """A rule that is due for one request."""

    rule: Rule
    dice: random.Random
    counts: list[int]
    """Asked and acted, of the rule."""

    def acted(self) -> None:
        """It has gone wrong as the rule says."""
        self.counts[1] += 1


class Faults:
    """The plan of one sandbox, and its counts. Used from the event loop; counts may be read from anywhere."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._counts = [[0, 0] for _ in plan.rules]

    def __bool__(self) -> bool:
        return bool(self._plan.rules)

    def due(self, endpoint: str) -> list[Turn]:
        """The rules that are due for the next request at this endpoint, in the order in which they act."""
        turns = []
        for index, (rule, counts) in enumerate(zip(self._plan.rules, self._counts, strict=True)):
            if endpoint in rule.where:
                counts[0] += 1
                dice = self._plan.dice(index, counts[0])
                if rule.when.holds(counts[0], dice.random()):
                    turns.append(Turn(rule, dice, counts))
        return sorted(turns, key=lambda turn: turn.rule.fault.stage)

    def counts(self) -> tuple[RuleCount, ...]:
        """In the order of the plan."""
        return tuple(RuleCount(rule.text, *counts) for rule, counts in zip(self._plan.rules, self._counts, strict=True))
