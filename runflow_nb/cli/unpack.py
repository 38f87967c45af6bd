"""`runflow-nb unpack`: a notebook that was packed elsewhere, into the working folder. Overwrites nothing."""

from __future__ import annotations

import argparse
import shlex
from datetime import UTC, datetime
from pathlib import Path

from .. import settings
from ..pack.report import arrived
from ..pack.unpacking import unpack
from ..record.store import Store
from ..settings import FOLDER
from .known import Known
from .run_all import made_elsewhere, noticed

REMEDY = "Whoever packed it can run it, save and pack again; here it is bought, or refused where there is no key"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The pack, and the store that its runs go to."""
    parser.add_argument("pack", type=Path, metavar="ZIP", help="what runflow-nb pack has written")
    parser.add_argument(
        "--store", type=Path, metavar="FOLDER", help=f"where its runs go (RUNFLOW_NB_STORE, else {FOLDER} here)"
    )


def run(options: argparse.Namespace) -> int:
    """Verify it, unpack it, and say what there is now. Raises NotUnpacked, StoreUnavailable."""
    now, folder = settings.resolve(), Path.cwd()
    root = options.store or now.store or folder / FOLDER
    store = Store(root)
    try:
        done = unpack(options.pack, folder, store, now.key)
        known = Known(store.index, done.notebook, folder=folder)
        data = done.notebook.read_bytes()
        found = made_elsewhere(data, store.index.runs(done.manifest.runs), now)
        found += noticed(data, known, datetime.now(UTC), now.key, REMEDY)
        print(arrived(done, found, _elsewhere(root, now.store or folder / FOLDER)))
    finally:
        store.close()
    return 0


def _elsewhere(root: Path, own: Path) -> str:
    """The store, where it is not the one that the notebook looks into by itself; else ""."""
    return "" if root.absolute() == own.absolute() else shlex.quote(str(root.absolute()))
