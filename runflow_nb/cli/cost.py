"""`runflow-nb cost`: what was spent, as tables in a shell; with --ledger run by run. Only reads."""

from __future__ import annotations

import argparse

from ..errors import InvalidCommand, Problem
from ..models.validate import brief
from ..notebook.runflow.arguments import Arguments
from ..notebook.runflow.narrowing import narrow
from ..notebook.views.cost_report import cost_text
from ..notebook.views.ledger_view import ledger_text
from ..record.history import History
from ..record.listing import SHOWN
from ..record.store import Store
from .stores import add_store_arguments, existing_store

HINT = "All options: runflow-nb cost --help"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The store, the notebook, and what `%runflow cost` takes."""
    add_store_arguments(parser)
    parser.add_argument("--all", action="store_true", help="by model and by day, or the ledger, for the whole store")
    parser.add_argument("--since", metavar="DATE", help="only runs of this day or moment (UTC) and later: 2026-01-31")
    parser.add_argument("--ledger", action="store_true", help="run by run: state, estimated, reserved and confirmed")
    parser.add_argument("--limit", metavar="N", help=f"with --ledger: how many runs, if not {SHOWN}")


def report(options: argparse.Namespace) -> str:
    """The sums of a store and, where one is named, of a notebook; or the ledger. Raises InvalidCommand."""
    store = existing_store(options, HINT)
    index = store.index
    if options.ledger:
        return _ledger(store, options)
    if options.limit is not None:
        raise InvalidCommand(
            [Problem("--limit", brief(options.limit), "belongs to --ledger", "--ledger")], "option", HINT
        )
    here = None if options.notebook is None else History(index, notebook=options.notebook)
    try:
        return cost_text(History(index), here, whole=options.all, since=options.since)
    except ValueError as reason:
        raise InvalidCommand([Problem("--since", brief(options.since), str(reason))], "option", HINT) from None


def _ledger(store: Store, options: argparse.Namespace) -> str:
    """The newest runs one by one. Raises InvalidCommand."""
    given = {"--since": options.since, "--limit": options.limit}
    flags = {name: (value,) for name, value in given.items() if value is not None}
    notebook = None if options.all else options.notebook
    view = narrow(History(store.index, notebook=notebook), Arguments((), flags, ""), HINT)
    if not view.runs:
        return view.nothing(str(notebook or store.root))
    return ledger_text(view.history, view.runs)
