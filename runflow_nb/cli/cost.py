"""`runflow-nb cost`: what was spent, as a table in a shell. Only reads."""

from __future__ import annotations

import argparse

from ..errors import InvalidCommand, Problem
from ..models.validate import brief
from ..notebook.views.cost_report import cost_text
from ..record.history import History
from .stores import add_store_arguments, existing_store

HINT = "All options: runflow-nb cost --help"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The store, the notebook, and what `%runflow cost` takes."""
    add_store_arguments(parser)
    parser.add_argument("--all", action="store_true", help="by model and by day for the whole store")
    parser.add_argument("--since", metavar="DATE", help="only runs of this day or moment (UTC) and later: 2026-01-31")


def report(options: argparse.Namespace) -> str:
    """The sums of a store and, where one is named, of a notebook. Raises InvalidCommand."""
    index = existing_store(options, HINT).index
    here = None if options.notebook is None else History(index, notebook=options.notebook)
    try:
        return cost_text(History(index), here, whole=options.all, since=options.since)
    except ValueError as reason:
        raise InvalidCommand([Problem("--since", brief(options.since), str(reason))], "option", HINT) from None
