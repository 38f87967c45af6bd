"""`runflow-nb history`: the runs of a store as a table in a shell. Only reads."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Mapping
from pathlib import Path

from . import settings
from .engine.session import FOLDER
from .errors import InvalidCommand, Problem
from .notebook.runflow.arguments import Arguments
from .notebook.runflow.narrowing import narrow
from .notebook.runflow.subcommands import SUBCOMMANDS
from .notebook.views.history_view import summary
from .record.history import History
from .record.listing import WIDTH, listing_text
from .record.store import Store

HINT = "All options: runflow-nb history --help"
FLAGS = [flag for flag in SUBCOMMANDS["history"].flags if flag.name != "--all"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The store, the notebook, and what `%runflow history` takes."""
    add_store_arguments(parser)
    for flag in FLAGS:
        parser.add_argument(flag.name, metavar=flag.metavar, help=flag.help, action="append", default=[])


def add_store_arguments(parser: argparse.ArgumentParser) -> None:
    """Which store is looked through, and whether one notebook's runs only."""
    parser.add_argument(
        "--store", type=Path, metavar="FOLDER", help=f"the store (RUNFLOW_NB_STORE, else {FOLDER} beside the notebook)"
    )
    parser.add_argument("--notebook", type=Path, metavar="PATH", help="only the runs of this notebook")


def history_text(options: argparse.Namespace) -> str:
    """The newest runs. Raises InvalidCommand with every problem, also where there is no store."""
    store = existing_store(options)
    flags: Mapping[str, list[str]] = {flag.name: vars(options)[flag.name.removeprefix("--")] for flag in FLAGS}
    given = {name: tuple(values) for name, values in flags.items() if values}
    view = narrow(History(store.index, notebook=options.notebook), Arguments((), given, ""), HINT)
    if not view.runs:
        return view.nothing(str(options.notebook or store.root))
    width = shutil.get_terminal_size((WIDTH, 0)).columns
    return f"{listing_text(view.runs, width)}\n{summary(view.history, view.runs, view.limit)}"


def existing_store(options: argparse.Namespace, hint: str = HINT) -> Store:
    """The store that is meant; none is made. Raises InvalidCommand where there is none."""
    named = options.store or settings.resolve().store
    beside = options.notebook.absolute().parent if options.notebook else Path.cwd()
    root = Path(named) if named else beside / FOLDER
    if not root.is_dir():
        raise InvalidCommand(
            [Problem("--store", str(root), "is no folder; name one with --store FOLDER")], "option", hint
        )
    return Store(root)
