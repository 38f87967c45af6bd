"""A history narrowed by what a person typed: flags of `%runflow history`, or of `runflow-nb history`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...errors import InvalidCommand, Problem
from ...models.catalog import CATALOG
from ...models.nearest import nearest
from ...models.validate import brief
from ...record.filters import NO_DATE, STATUSES, check_status
from ...record.history import History
from ...record.listing import SHOWN
from ...record.run import Run
from .arguments import Arguments
from .subcommands import FILTERS

BLAMED = (
    ("--model", tuple(CATALOG), "is no model of the catalog or of any run"),
    ("--origin", ("live", "sandbox"), "is nowhere that a run was made"),
)
"""Conditions that name one of what there is: (flag, what there always is, the reproach)."""
DAY = re.compile(r"\s*(\d{4})\D(\d{1,2})\D(\d{1,2})\s*")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A history, and what it was narrowed to."""

    history: History
    runs: list[Run]
    """The newest of them."""
    limit: int
    """As many as were asked for at most."""
    said: tuple[str, ...]
    """Each condition in words."""

    def nothing(self, where: str, advice: str = "") -> str:
        """What to say where no run is left of those that are looked through: `where` names them."""
        if not self.said:
            return f"No runs on record in {where}.{advice}"
        return f"Nothing found in {where} for {', '.join(self.said)}.{advice}"


def narrow(history: History, arguments: Arguments, hint: str) -> Narrowed:
    """The runs for which all these flags hold. Raises InvalidCommand with every problem, each with the nearest."""
    reader = _Reader(history)
    said = [reader.take(flag.name, value) for flag in FILTERS for value in arguments.all(flag.name)]
    limit = reader.limit(arguments.value("--limit"))
    runs = [] if reader.problems else reader.history[:limit]
    if not reader.problems and not runs:
        reader.blame(history, arguments)
    if reader.problems:
        raise InvalidCommand(reader.problems, "option", hint)
    return Narrowed(reader.history, runs, limit, tuple(said))


class _Reader:
    """Takes one condition after the other."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.problems: list[Problem] = []

    def take(self, flag: str, value: str) -> str:
        """Narrow by this flag; the condition in words."""
        name = flag.removeprefix("--")
        try:
            self.history = self.history.where(**{name: READ.get(name, str)(value)})
        except ValueError as reason:
            self.problems.append(Problem(flag, brief(value), *_told(name, value, str(reason))))
        return f"{name} {value}" if name in ("since", "until", "seed", "stars") else f"{name} “{brief(value)}”"

    def limit(self, value: str | None) -> int:
        if value is None:
            return SHOWN
        if value.isascii() and value.isdigit() and int(value) >= 1:
            return int(value)
        self.problems.append(Problem("--limit", brief(value), "takes a number from 1", str(SHOWN)))
        return SHOWN

    def blame(self, history: History, arguments: Arguments) -> None:
        """Nothing was found: a name that neither the catalog nor any run has is a mistake and no answer."""
        for flag, known, reason in BLAMED:
            for value in arguments.all(flag):
                there = [*known, *history.values("model" if flag == "--model" else "origin")]
                if not any(value in name for name in there):
                    parts = [part for name in there for part in re.split(r"[/-]", name)]
                    self.problems.append(Problem(flag, brief(value), reason, nearest(value, [*there, *parts])))


def _whole(value: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,30}", value, re.ASCII):
        raise ValueError("takes a whole number")
    return int(value)


def _status(value: str) -> str:
    check_status(value)
    return value


READ: dict[str, Callable[[str], Any]] = {"seed": _whole, "stars": _whole, "status": _status}


def _told(name: str, value: str, reason: str) -> tuple[str, str | None]:
    """(reason, nearest) of a problem."""
    if name == "status":
        return f"takes {', '.join(STATUSES)}", nearest(value, STATUSES)
    if name not in ("since", "until"):
        return reason, None
    parts = DAY.fullmatch(value)
    meant = f"{parts[1]}-{int(parts[2]):02}-{int(parts[3]):02}" if parts else None
    return NO_DATE, meant
