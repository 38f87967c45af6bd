"""What a soak asks for: the same for the same seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

How = Literal["thread", "background", "task", "cancelled"]
"""`cancelled`: by a task that is cancelled, and then asked for again."""
HOWS: Sequence[How] = ("thread", "thread", "background", "task", "cancelled")
TASKS = frozenset({"task", "cancelled"})
TWO_TAKES = 0.1
"""Share of the requests of which a second take is wanted too."""
EDITS = 0.2
SHARED = 0.25
"""Share of the requests that another process asks for too."""
OFTEN = 0.15
"""Share that one process asks for in two places at once."""
AT_ONCE = 12
"""Requests that all processes ask for at the same moment."""
FIRST_MOMENT, NEXT_MOMENT = 2.5, 0.05
"""Seconds of the machine from the beginning of the soak, and between two such moments."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, asked for in one place."""

    prompt: str
    """Tells requests apart, also in the server's book."""
    takes: int
    edit: bool
    how: How
    moment: float | None = None
    """When it is asked for, in seconds of the machine from the beginning of the soak; None for in its turn."""


@dataclass(frozen=True, slots=True)
class Load:
    """The asks of each process, in its own order."""

    asks: tuple[tuple[Ask, ...], ...]

    @property
    def wanted(self) -> Counter[str]:
        """Prompt -> how many takes of it are wanted, wherever."""
        return Counter({ask.prompt: ask.takes for share in self.asks for ask in share})


def make_load(runs: int, seed: int, processes: int) -> Load:
    """So many (request, take) pairs, spread over the processes, some of them asked for in several places."""
    dice = random.Random(seed)
    shares: list[list[Ask]] = [[] for _ in range(processes)]
    left, number = runs, 0
    while left > runs - AT_ONCE:
        left, number = left - 1, number + 1
        moment = FIRST_MOMENT + number * NEXT_MOMENT
        for share in shares:
            share.append(Ask(f"a fox at once, no. {number}", 1, False, "thread", moment))
    while left > 0:
        takes = 2 if left > 1 and dice.random() < TWO_TAKES else 1
        left -= takes
        number += 1
        edit = dice.random() < EDITS
        prompt = f"{'a fox made anew' if edit else 'a fox'}, no. {number}"
        mine = number % processes
        places = [mine, *([mine] if dice.random() < OFTEN else [])]
        if dice.random() < SHARED:
            places.append(dice.randrange(processes))
        for place in places:
            shares[place].append(Ask(prompt, takes, edit, dice.choice(HOWS)))
    for share in shares:
        # Nearby, so that equal ones are under way at the same time.
        share.sort(key=lambda ask: int(ask.prompt.rpartition(" ")[2]) + dice.uniform(0, 8))
    return Load(tuple(map(tuple, shares)))
