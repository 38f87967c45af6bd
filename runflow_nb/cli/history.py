"""`runflow-nb history`: the runs of a store, or of a saved notebook alone, as a table in a shell. Only reads."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Mapping

from ..notebook.runflow.arguments import Arguments
from ..notebook.runflow.narrowing import narrow
from ..notebook.runflow.subcommands import SUBCOMMANDS
from ..notebook.views.history_view import summary
from ..record.history import History
from ..record.listing import WIDTH, listing_text
from .saved import add_saved_argument, saved_history
from .stores import add_store_arguments, existing_store

HINT = "All options: runflow-nb history --help"
FLAGS = [flag for flag in SUBCOMMANDS["history"].flags if flag.name != "--all"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The saved notebook, or the store and the notebook, and what `%runflow history` takes."""
    add_saved_argument(parser)
    add_store_arguments(parser)
    for flag in FLAGS:
        parser.add_argument(flag.name, metavar=flag.metavar, help=flag.help, action="append", default=[])


def history_text(options: argparse.Namespace) -> str:
    """The newest runs. Raises InvalidCommand with every problem, also where there is no store; NotANotebook."""
    history = saved_history(options, HINT)
    where = str(options.saved)
    if history is None:
        store = existing_store(options, HINT)
        history = History(store.index, notebook=options.notebook)
        where = str(options.notebook or store.root)
    flags: Mapping[str, list[str]] = {flag.name: vars(options)[flag.name.removeprefix("--")] for flag in FLAGS}
    given = {name: tuple(values) for name, values in flags.items() if values}
    view = narrow(history, Arguments((), given, ""), HINT)
    if not view.runs:
        return "\n".join([view.nothing(where), *history.remarks])
    width = shutil.get_terminal_size((WIDTH, 0)).columns
    return f"{listing_text(view.runs, width)}\n{summary(view.history, view.runs, view.limit)}"
