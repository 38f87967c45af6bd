"""The verbs of `runflow-nb`: each parses, acts, and says what came of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    """All verbs with their arguments; `act` is what a verb does, and gives the exit status."""
    from .. import __version__
    from ..sandbox import command as sandbox
    from . import check, cost, history, pack, resume, textconv, unpack

    main_parser = argparse.ArgumentParser(
        prog="runflow-nb", description="Runflow pictures in notebooks: paid once, never lost, shown anywhere."
    )
    main_parser.add_argument("--version", action="version", version=f"runflow_nb {__version__}")
    verbs = main_parser.add_subparsers(required=True, metavar="VERB")

    serving = verbs.add_parser("sandbox", help="serve a local stand-in for the Runflow API that paints its pictures")
    sandbox.add_arguments(serving)
    serving.set_defaults(act=sandbox.run)

    demo = verbs.add_parser("demo", help="run the quickstart notebook against the sandbox, and write it as a page too")
    demo.add_argument(
        "folder", nargs="?", type=Path, default=Path("runflow-demo"), help="where to write (default: runflow-demo)"
    )
    demo.set_defaults(act=_demo)

    listing = verbs.add_parser("history", help="the runs of a store, newest first")
    history.add_arguments(listing)
    listing.set_defaults(act=lambda options: _say(history.history_text(options)))

    spending = verbs.add_parser("cost", help="what was spent, estimated and confirmed, by model and by day")
    cost.add_arguments(spending)
    spending.set_defaults(act=lambda options: _say(cost.report(options)))

    resuming = verbs.add_parser("resume", help="collect the runs that were cut off; nothing is bought")
    resume.add_arguments(resuming)
    resuming.set_defaults(act=resume.run)

    checking = verbs.add_parser("check", help="whether notebooks, stores and packs are what the records say")
    check.add_arguments(checking)
    checking.set_defaults(act=check.run)

    converting = verbs.add_parser("textconv", help="a notebook as text for git diff: prompts and facts, no base64")
    textconv.add_arguments(converting)
    converting.set_defaults(act=textconv.run)

    packing = verbs.add_parser("pack", help="a notebook with its runs and pictures as one file, to hand on")
    pack.add_arguments(packing)
    packing.set_defaults(act=pack.run)

    unpacking = verbs.add_parser("unpack", help="bring a packed notebook into this folder; overwrites nothing")
    unpack.add_arguments(unpacking)
    unpacking.set_defaults(act=unpack.run)
    return main_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; the exit status is 0 when it did what it was asked."""
    from ..errors import RunflowError

    options = parser().parse_args(arguments)
    try:
        status: int = options.act(options)
    except RunflowError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _demo(options: argparse.Namespace) -> int:
    from .demo import demo

    return demo(options.folder)


def _say(text: str) -> int:
    print(text)
    return 0
