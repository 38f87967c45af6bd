"""What a check found, in one line each. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "torn line",
    "damaged line",
    "key",
    "no intent",
    "open",
    "unknown",
    "no marker",
    "loose marker",
    "recipe",
    "take claimed twice",
    "run id twice",
    "changed file",
    "unreadable file",
    "stray file",
    "missing original",
    "missing input",
    "missing preview",
    "index",
    "not in journal",
    "other run id",
    "two ids",
    "cost differs",
    "status differs",
    "not on server",
    "unknown schema",
    "damaged record",
    "not on record",
    "record differs",
    "preview differs",
    "same take",
    "forgotten",
    "text differs",
    "take new",
    "home path",
    "expiring link",
    "large notebook",
    "large output",
    "widget pictures",
    "widget state",
    "saved error",
    "live line",
    "pack",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    kind: Kind
    where: str
    """A path relative to the store, a run by its short id, or a cell by its number and first words."""
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class Figures:
    """How much was looked at."""

    files: int = 0
    """Of journal, originals, inputs and previews."""
    bytes: int = 0
    runs: int = 0
    events: int = 0
    recipes: int = 0
    """Intents whose recipe was derived again; the others' models or inputs are not here."""

    def plus(self, other: Figures) -> Figures:
        return Figures(
            self.files + other.files,
            self.bytes + other.bytes,
            self.runs + other.runs,
            self.events + other.events,
            self.recipes + other.recipes,
        )


def of_run(short: str) -> str:
    """Where a finding about a run is."""
    return f"run {short}"
