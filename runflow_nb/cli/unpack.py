"""`runflow-nb unpack`: a notebook that was packed elsewhere, into the working folder. Overwrites nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import settings
from ..pack.report import arrived
from ..pack.unpacking import unpack
from ..record.store import Store
from ..settings import FOLDER


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The pack, and the store that its runs go to."""
    parser.add_argument("pack", type=Path, metavar="ZIP", help="what runflow-nb pack has written")
    parser.add_argument(
        "--store", type=Path, metavar="FOLDER", help=f"where its runs go (RUNFLOW_NB_STORE, else {FOLDER} here)"
    )


def run(options: argparse.Namespace) -> int:
    """Verify it, unpack it, and say what there is now. Raises NotUnpacked, StoreUnavailable."""
    now = settings.resolve()
    store = Store(options.store or now.store or Path.cwd() / FOLDER)
    try:
        print(arrived(unpack(options.pack, Path.cwd(), store, now.key)))
    finally:
        store.close()
    return 0
