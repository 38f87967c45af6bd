"""`runflow-nb cost`: what was spent, as tables in a shell; with --ledger run by run. Of a saved notebook alone: what it
did cost, and what it would cost anew. Only reads."""

from __future__ import annotations

import argparse

from ..errors import InvalidCommand, Problem
from ..models.validate import brief
from ..notebook.runflow.arguments import Arguments
from ..notebook.runflow.narrowing import narrow
from ..notebook.views.cost_report import cost_text
from ..notebook.views.ledger_view import ledger_text
from ..notebook.views.saved_cost import saved_cost_text
from ..record.history import History
from ..record.listing import SHOWN
from .saved import add_saved_argument, saved_history
from .stores import add_store_arguments, existing_store

HINT = "All options: runflow-nb cost --help"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The saved notebook, or the store and the notebook, and what `%runflow cost` takes."""
    add_saved_argument(parser)
    add_store_arguments(parser)
    parser.add_argument("--all", action="store_true", help="by model and by day, or the ledger, for the whole store")
    parser.add_argument("--since", metavar="DATE", help="only runs of this day or moment (UTC) and later: 2026-01-31")
    parser.add_argument("--ledger", action="store_true", help="run by run: state, estimated, reserved and confirmed")
    parser.add_argument("--limit", metavar="N", help=f"with --ledger: how many runs, if not {SHOWN}")


def report(options: argparse.Namespace) -> str:
    """The sums of a store and, where one is named, of a notebook; or the ledger.

    Raises InvalidCommand, NotANotebook.
    """
    saved = saved_history(options, HINT)
    if options.ledger:
        return _ledger(saved, options)
    if options.limit is not None:
        raise InvalidCommand(
            [Problem("--limit", brief(options.limit), "belongs to --ledger", "--ledger")], "option", HINT
        )
    try:
        if saved is not None:
            return saved_cost_text(saved.where(since=options.since))
        index = existing_store(options, HINT).index
        here = None if options.notebook is None else History(index, notebook=options.notebook)
        return cost_text(History(index), here, whole=options.all, since=options.since)
    except ValueError as reason:
        raise InvalidCommand([Problem("--since", brief(options.since), str(reason))], "option", HINT) from None


def _ledger(saved: History | None, options: argparse.Namespace) -> str:
    """The newest runs one by one. Raises InvalidCommand."""
    given = {"--since": options.since, "--limit": options.limit}
    flags = {name: (value,) for name, value in given.items() if value is not None}
    history, where = saved, str(options.saved)
    if history is None:
        store, notebook = existing_store(options, HINT), None if options.all else options.notebook
        history, where = History(store.index, notebook=notebook), str(notebook or store.root)
    view = narrow(history, Arguments((), flags, ""), HINT)
    if not view.runs:
        return view.nothing(where)
    return ledger_text(view.history, view.runs)
