"""What becomes of a create that is served under the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from .turns import Turn

Fate = Literal["succeeds", "fails", "hangs", "cancels", "partial"]

FATES: tuple[Fate, ...] = ("fails", "hangs", "cancels", "partial")
TWICE = "twice"
FORGETS_KEY = "forgets-key"


class Acceptance:
    """What the plan has in mind for one create. What is asked for is counted as done."""

    def __init__(self, turns: Sequence[Turn] = ()) -> None:
        self._turns = turns

    def fates(self) -> list[Fate]:
        """One for each run that is to be made of the create."""
        fate: Fate = next((each for each in FATES if self._acted(each)), "succeeds")
        return [fate, fate] if self._acted(TWICE) else [fate]

    def forgets_key(self) -> bool:
        """Whether a create that came before with the same key is passed over."""
        return self._acted(FORGETS_KEY)

    def _acted(self, what: str) -> bool:
        turns = [turn for turn in self._turns if turn.rule.what == what]
        for turn in turns:
            turn.acted()
        return bool(turns)


PLAIN = Acceptance()
