"""The store that a verb looks through. None is ever made."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import settings
from ..errors import InvalidCommand, Problem
from ..record.store import Store
from ..settings import FOLDER


def add_store_arguments(parser: argparse.ArgumentParser) -> None:
    """Which store is looked through, and whether one notebook's runs only."""
    parser.add_argument(
        "--store", type=Path, metavar="FOLDER", help=f"the store (RUNFLOW_NB_STORE, else {FOLDER} beside the notebook)"
    )
    parser.add_argument("--notebook", type=Path, metavar="PATH", help="only the runs of this notebook")


def existing_store(options: argparse.Namespace, hint: str) -> Store:
    """The store that is meant; none is made. Raises InvalidCommand where there is none."""
    configured = settings.resolve().store
    beside = options.notebook.absolute().parent if options.notebook else Path.cwd()
    root = Path(options.store or configured or beside / FOLDER)
    if not root.is_dir():
        given = "--store " if options.store else "RUNFLOW_NB_STORE=" if configured else ""
        problem = Problem("", f"{given}{root}", "is no folder; name a store with --store FOLDER")
        raise InvalidCommand([problem], "option", hint)
    return Store(root)
