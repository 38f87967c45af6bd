"""What becomes of a run that is accepted under the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from .turns import Turn

Fate = Literal["succeeds", "fails", "hangs", "cancels", "partial"]


class Acceptance:
    """Asked once for each run that a create makes."""

    def __init__(self, turns: Sequence[Turn] = ()) -> None:
        self._turns = turns

    def fates(self) -> list[Fate]:
        """One for each run that is to be made of the create; that they are made is counted."""
        for turn in self._turns:
            turn.acted()
        words = [turn.rule.what for turn in self._turns]
        fate: Fate = next((each for each in FATES if each in words), "succeeds")
        return [fate] * (1 + words.count("twice"))


FATES: tuple[Fate, ...] = ("fails", "hangs", "cancels", "partial")
PLAIN = Acceptance()
