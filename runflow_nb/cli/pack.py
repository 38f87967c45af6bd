"""`runflow-nb pack`: a notebook with all that it shows, as one file. Changes neither the notebook nor its store."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import __version__, settings
from ..notebook.views.packed_page import packed_page
from ..pack.contents import gather
from ..pack.packing import default_target, pack
from ..pack.report import going_out, packed
from ..record.store import Store
from ..settings import FOLDER


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The notebook, where its runs are, and what goes out."""
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="the saved notebook")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="where to write (default: STEM.runflow.zip in the working folder)"
    )
    parser.add_argument("--previews-only", action="store_true", help="leave out originals and pictures that went in")
    parser.add_argument("--dry-run", action="store_true", help="only say what would go out")
    parser.add_argument(
        "--store", type=Path, metavar="FOLDER", help=f"the store (RUNFLOW_NB_STORE, else {FOLDER} beside the notebook)"
    )


def run(options: argparse.Namespace) -> int:
    """Say what goes out, and write it. Raises NotPacked, KeyFound, StoreUnavailable."""
    now = settings.resolve()
    root = options.store or now.store or options.notebook.absolute().parent / FOLDER
    contents = gather(Store(root), options.notebook, now.key, previews_only=options.previews_only)
    print(going_out(contents), flush=True)
    if not options.dry_run:
        target = options.output or default_target(options.notebook)
        size = pack(contents, target, packed_page, f"runflow_nb {__version__}")
        print(packed(str(options.output or target.name), size))
    return 0
