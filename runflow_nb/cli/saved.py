"""A saved notebook that a verb looks into, in place of a store."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import InvalidCommand, Problem
from ..record.history import History
from ..record.saved.reader import history_of


def add_saved_argument(parser: argparse.ArgumentParser) -> None:
    """Which notebook's own records are read, if any."""
    parser.add_argument(
        "saved",
        nargs="?",
        type=Path,
        metavar="NOTEBOOK",
        help="a saved notebook: its own records are read, and no store",
    )


def saved_history(options: argparse.Namespace, hint: str) -> History | None:
    """The runs of the saved notebook that is named; None where none is. Raises InvalidCommand, NotANotebook."""
    if options.saved is None:
        return None
    for name in ("store", "notebook"):
        if vars(options)[name] is not None:
            reason = "does not go with a saved notebook, whose own records are read"
            raise InvalidCommand([Problem(f"--{name}", str(vars(options)[name]), reason)], "option", hint)
    return history_of(options.saved)
