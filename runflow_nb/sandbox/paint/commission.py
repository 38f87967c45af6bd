"""What is to be painted: everything that decides a picture, and nothing else."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commission:
    """One picture. Two equal commissions are the same bytes."""

    model: str
    prompt: str
    seed: int
    index: int
    """Which of the pictures of its run, from 0."""
    width: int
    height: int
    """Pixels, as delivered."""
    format: str
    """`jpeg`, `png` or `webp`."""
    pictures: tuple[bytes, ...] = ()
    """Files to work from, first the main one."""
    mark: str = ""
    """What the ribbon says beside the sandbox's name and the seed."""

    def dice(self, purpose: str) -> random.Random:
        """Random numbers for one purpose, the same for every size and format of this picture."""
        return random.Random(f"{purpose}|{self.model}|{self.seed}|{self.index}|{self.prompt}")  # noqa: S311

    def shared_dice(self, purpose: str) -> random.Random:
        """The same for every picture of one run, so that they can be told to differ."""
        return random.Random(f"{purpose}|{self.model}|{self.seed}|{self.prompt}")  # noqa: S311
