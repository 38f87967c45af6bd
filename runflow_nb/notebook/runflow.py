"""`%runflow SUBCOMMAND`: a table of subcommands, one module each."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from ..errors import InvalidCommand, Problem
from ..models.nearest import nearest
from ..models.validate import brief

HINT = "All subcommands: %runflow help"


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One row of the table."""

    usage: str
    meaning: str


SUBCOMMANDS: dict[str, Subcommand] = {
    "connect": Subcommand(
        "connect live|sandbox [--ask] [--keyring]",
        "choose the API; --ask: type a new key into a hidden prompt",
    ),
    "history": Subcommand("history [--all]", "this notebook's runs, newest first; --all: all of the store"),
    "cost": Subcommand("cost", "what was spent, for each origin"),
    "config": Subcommand("config [NAME=VALUE ...]", "the settings, where each comes from; set some"),
    "resume": Subcommand("resume", "collect the runs that were cut off; nothing is bought"),
    "help": Subcommand("help", "this list"),
}


def help_text() -> str:
    """The subcommands with their usage, plain text."""
    width = max(len(row.usage) for row in SUBCOMMANDS.values())
    rows = [f"  %runflow {row.usage.ljust(width)}  {row.meaning}" for row in SUBCOMMANDS.values()]
    return "\n".join(["Runs of this notebook, their cost, and what they are bought with.", "", *rows])


def runflow(line: str) -> None:
    """Do what the subcommand says. Raises InvalidCommand for an unknown one, with the nearest."""
    name, _, rest = line.strip().partition(" ")
    name = name or "help"
    if {"-h", "--help"} & {name, *rest.split()}:
        name, rest = "help", ""
    if name not in SUBCOMMANDS:
        raise usage_error("", brief(name), "is no subcommand of %runflow", nearest(name, SUBCOMMANDS))
    module = importlib.import_module(f".commands.{name}", __package__)
    module.run(rest.strip())


def usage_error(subject: str, given: str, reason: str, nearest_value: str | None = None) -> InvalidCommand:
    """A mistake in the line of `%runflow`."""
    return InvalidCommand([Problem(subject, given, reason, nearest_value)], "option", HINT)


def flags(rest: str, known: tuple[str, ...]) -> tuple[list[str], set[str]]:
    """(words, flags) of what follows a subcommand. Raises InvalidCommand for a flag that it does not know."""
    words = rest.split()
    given = {word for word in words if word.startswith("-")}
    for flag in sorted(given - set(known)):
        raise usage_error(flag, "", "is no option here", nearest(flag, known))
    return [word for word in words if word not in given], given
