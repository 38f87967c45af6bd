"""The subcommands of `%runflow` with what each takes: one table for dispatch, help, mistakes and completion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Operands = Literal["none", "run", "runs", "text", "target", "settings"]
"""What the words after a subcommand are: nothing, one run, several runs, free text, an API, or NAME=VALUE."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag of a subcommand."""

    name: str
    """With its dashes: `--limit`."""
    help: str
    metavar: str = ""
    """What stands for the value in the help; "" where it takes none."""
    values: tuple[str, ...] = ()
    """The closed set of values; empty where any goes."""


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One row of the table."""

    usage: str
    meaning: str
    operands: Operands = "none"
    flags: tuple[Flag, ...] = ()

    def flag(self, name: str) -> Flag | None:
        """The flag of this name, or None."""
        return next((flag for flag in self.flags if flag.name == name), None)


SUBCOMMANDS: dict[str, Subcommand] = {
    "connect": Subcommand(
        "connect live|sandbox",
        "choose the API",
        "target",
        (
            Flag("--ask", "type a new key into a hidden prompt"),
            Flag("--keyring", "keep the key in the system's keyring"),
        ),
    ),
    "history": Subcommand(
        "history", "this notebook's runs, newest first", "none", (Flag("--all", "all runs of the store"),)
    ),
    "cost": Subcommand("cost", "what was spent, for each origin"),
    "config": Subcommand("config [NAME=VALUE ...]", "the settings, where each comes from; set some", "settings"),
    "resume": Subcommand("resume", "collect the runs that were cut off; nothing is bought"),
    "help": Subcommand("help", "this list"),
}
