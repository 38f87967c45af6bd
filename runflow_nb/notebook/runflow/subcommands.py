"""The subcommands of `%runflow` with what each takes: one table for dispatch, help, mistakes and completion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...record.filters import STATUSES
from ...record.listing import SHOWN

Operands = Literal["none", "run", "runs", "text", "target", "settings", "subcommand", "picture", "saved", "files"]
"""What the words after it are: nothing, one run, several runs, free text, an API, NAME=VALUE, a subcommand, one
picture, one saved notebook, or files and folders."""


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
    module: str
    """Dotted name of the module whose `run(arguments)` does it."""
    operands: Operands = "none"
    flags: tuple[Flag, ...] = ()

    def flag(self, name: str) -> Flag | None:
        """The flag of this name, or None."""
        return next((flag for flag in self.flags if flag.name == name), None)


HERE = "runflow_nb.notebook.runflow.commands"
FILTERS = (
    Flag("--text", "part of the prompt", "TEXT"),
    Flag("--model", "a model, or part of its name", "NAME"),
    Flag("--seed", "the seed that was sent", "N"),
    Flag("--tag", "a tag", "TEXT"),
    Flag("--stars", "so many stars or more, from 1 to 5", "N"),
    Flag("--since", "this day or moment (UTC) and later: 2026-01-31", "DATE"),
    Flag("--until", "this day or moment (UTC) and earlier", "DATE"),
    Flag("--status", f"{', '.join(STATUSES)}", "WORD", STATUSES),
    Flag("--origin", "where it was made: live, sandbox, or another host", "NAME"),
)
"""What a history is narrowed by; a flag that is given again narrows further."""

SUBCOMMANDS: dict[str, Subcommand] = {
    "connect": Subcommand(
        "connect [live|sandbox]",
        "choose the API; alone: where you are connected, and the balance",
        f"{HERE}.connect",
        "target",
        (
            Flag("--ask", "type a new key into a hidden prompt"),
            Flag("--keyring", "keep the key in the system's keyring"),
        ),
    ),
    "account": Subcommand(
        "account [--full]",
        "whose key it is: organisation, balance, and what the key may not do",
        f"{HERE}.account",
        "none",
        (Flag("--full", "also the person, the e-mail address and ids: they stay in the notebook"),),
    ),
    "history": Subcommand(
        "history [NOTEBOOK] [FLAGS]",
        "this notebook's runs, or a saved one's, newest first",
        f"{HERE}.history",
        "saved",
        (Flag("--all", "all runs of the store"), *FILTERS, Flag("--limit", f"how many, if not {SHOWN}", "N")),
    ),
    "show": Subcommand(
        "show RUN",
        "a run as its own cell shows it",
        f"{HERE}.show",
        "run",
        (
            Flag("--show", "also what is flagged as not safe for work"),
            Flag("--fetch", "bring originals back that are gone from the store, for nothing"),
        ),
    ),
    "diff": Subcommand("diff RUN RUN", "what differs between two runs", f"{HERE}.diff", "runs"),
    "remake": Subcommand(
        "remake RUN [RUN ...]|--all",
        "buy the same requests again, and show old and new side by side",
        f"{HERE}.remake",
        "runs",
        (
            Flag("--all", "every run of this notebook that delivered something"),
            Flag("--again", "once more, of a run that was made again already"),
            Flag("--take", "show this take beside it; the next one is bought", "N"),
            Flag("--new-seed", "draw another seed, where the one that was sent was drawn"),
            Flag("--estimate", "only what it would cost"),
            Flag("--max-cost", "what all of them may cost together", "USD"),
            Flag("--yes", "agree to the price of all together"),
        ),
    ),
    "cell": Subcommand("cell RUN", "the cell that shows this run, as the next cell", f"{HERE}.cell", "run"),
    "from": Subcommand(
        "from PICTURE",
        "what a picture says of how it was made, and the cell that shows or remakes it",
        f"{HERE}.from_picture",
        "picture",
    ),
    "tag": Subcommand(
        "tag RUN [TAG|-TAG ...]",
        "put tags on a run, take them off with a dash; alone: show them",
        f"{HERE}.tag",
        "text",
        (Flag("--remove", "take this tag off, also one that begins with a dash", "TAG"),),
    ),
    "forget": Subcommand(
        "forget RUN [RUN ...]", "remove prompt and pictures of runs; id and cost stay", f"{HERE}.forget", "runs"
    ),
    "cost": Subcommand(
        "cost [NOTEBOOK] [FLAGS]",
        "what was spent, estimated and confirmed, by model and by day; or what a saved notebook cost",
        f"{HERE}.cost",
        "saved",
        (
            Flag("--all", "by model and by day, or the ledger, for the whole store"),
            Flag("--since", "only runs of this day or moment (UTC) and later: 2026-01-31", "DATE"),
            Flag("--ledger", "run by run: state, estimated, reserved and confirmed, with their sums"),
            Flag("--limit", f"with --ledger: how many runs, if not {SHOWN}", "N"),
        ),
    ),
    "config": Subcommand(
        "config [NAME[=VALUE] ...]", "the settings, where each comes from; set some", f"{HERE}.config", "settings"
    ),
    "models": Subcommand(
        "models [--all]",
        "what each model takes and costs, and the other models that are known here",
        f"{HERE}.models",
        "none",
        (Flag("--all", "ask the API which other models there are"),),
    ),
    "resume": Subcommand("resume", "collect the runs that were cut off; nothing is bought", f"{HERE}.resume"),
    "settle": Subcommand(
        "settle RUN --billed|--not-billed",
        "close a run of which no answer tells whether it was accepted",
        f"{HERE}.settle",
        "run",
        (
            Flag("--billed", "it was: its price stays counted"),
            Flag("--not-billed", "it was not: it counts for nothing"),
        ),
    ),
    "check": Subcommand(
        "check [NOTEBOOK|STORE|ZIP ...] [FLAGS]",
        "whether the store, or what is named, is what the records say; nothing is changed",
        f"{HERE}.check",
        "files",
        (
            Flag("--connected", "compare with the server's list of runs too, free of charge"),
            Flag("--shared", "the organisation has other stores too: their runs are no findings"),
            Flag("--every", "list every finding, not the first 20 of a kind"),
        ),
    ),
    "help": Subcommand("help [SUBCOMMAND]", "this list, or what one of them takes", f"{HERE}.help", "subcommand"),
}
