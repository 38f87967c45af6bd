"""`runflow-nb pack`: a notebook with all that it shows, as one file. Changes neither the notebook nor its store."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from .. import __version__, settings
from ..notebook.views.packed_page import packed_page
from ..pack.contents import gather
from ..pack.packing import default_target, pack
from ..pack.report import going_out, packed
from ..pack.sources import source
from ..settings import FOLDER
from .known import Known
from .run_all import noticed

REMEDY = "Run it, save, and pack again; or take it out"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The notebook, where its runs are, and what goes out."""
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="the saved notebook")
    where = "where to write (default: STEM.runflow.zip in the working folder)"
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=where)
    parser.add_argument("--previews-only", action="store_true", help="leave out originals and pictures that went in")
    parser.add_argument("--dry-run", action="store_true", help="only say what would go out")
    parser.add_argument(
        "--store", type=Path, metavar="FOLDER", help=f"the store (RUNFLOW_NB_STORE, else {FOLDER} beside the notebook)"
    )


def run(options: argparse.Namespace) -> int:
    """Say what goes out, and write it. Raises NotPacked, KeyFound, StoreUnavailable."""
    now = settings.resolve()
    root = options.store or now.store or options.notebook.absolute().parent / FOLDER
    with source(root, options.notebook, previews_only=options.previews_only) as store:
        contents = gather(store, options.notebook, now.key, previews_only=options.previews_only)
        known = Known(store.index, options.notebook, going=contents.ids)
        found = noticed(contents.data, known, datetime.now(UTC), now.key, REMEDY)
        contents = replace(contents, noticed=tuple(found))
        print(going_out(contents), flush=True)
        if not options.dry_run:
            target = options.output or default_target(options.notebook)
            written = pack(contents, target, packed_page, f"runflow_nb {__version__}")
            print(packed(str(options.output or target.name), written))
    return 0
