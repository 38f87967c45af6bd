"""A fault plan: rules, and which requests each of them is due for. Pure: the same plan decides the same every time."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .words import FAULTS, Fault


@dataclass(frozen=True, slots=True)
class When:
    """Conditions on the number that a request has at its rule, counted from 1; all of them must hold."""

    chance: float = 1.0
    """0 to 1."""
    first: int | None = None
    nth: int | None = None
    every: int | None = None
    after: int | None = None

    def holds(self, number: int, roll: float) -> bool:
        """`roll`: from 0 up to but not including 1."""
        return (
            roll < self.chance
            and (self.first is None or number <= self.first)
            and (self.nth is None or number == self.nth)
            and (self.every is None or number % self.every == 0)
            and (self.after is None or number > self.after)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that goes wrong, somewhere, sometimes."""

    text: str
    """As it was written, for people."""
    where: frozenset[str]
    what: str
    when: When = When()
    seconds: tuple[float, float] | None = None
    """Least and most; the same where one number was given."""
    members: tuple[str, ...] = ()

    @property
    def fault(self) -> Fault:
        return FAULTS[self.what]


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes wrong; nothing, where there are no rules."""

    rules: tuple[Rule, ...] = ()
    seed: int = 0

    def dice(self, rule: int, number: int) -> random.Random:
        """The chance in what a rule does with its request of this number; no other request has a part in it."""
        return random.Random(f"{self.seed}/{rule}/{number}")  # noqa: S311 - it has to repeat
