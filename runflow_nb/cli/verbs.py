"""The verbs of `runflow-nb`: each parses, acts, and says what came of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    """All verbs with their arguments."""
    from .. import __version__
    from ..sandbox.command import add_arguments
    from . import cost, history

    main_parser = argparse.ArgumentParser(
        prog="runflow-nb", description="Runflow pictures in notebooks: paid once, never lost, shown anywhere."
    )
    main_parser.add_argument("--version", action="version", version=f"runflow_nb {__version__}")
    verbs = main_parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    sandbox = verbs.add_parser("sandbox", help="serve a local stand-in for the Runflow API that paints its pictures")
    add_arguments(sandbox)
    demo = verbs.add_parser("demo", help="run the quickstart notebook against the sandbox, and write it as a page too")
    demo.add_argument(
        "folder", nargs="?", type=Path, default=Path("runflow-demo"), help="where to write (default: runflow-demo)"
    )
    history_parser = verbs.add_parser("history", help="the runs of a store, newest first")
    history.add_arguments(history_parser)
    cost_parser = verbs.add_parser("cost", help="what was spent, estimated and confirmed, by model and by day")
    cost.add_arguments(cost_parser)
    return main_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; the exit status is 0 when it did what it was asked."""
    from ..errors import RunflowError

    options = parser().parse_args(arguments)
    try:
        if options.verb == "sandbox":
            from ..sandbox.command import run

            return run(options)
        if options.verb == "history":
            from .history import history_text

            print(history_text(options))
            return 0
        if options.verb == "cost":
            from .cost import report

            print(report(options))
            return 0
        from .demo import demo

        return demo(options.folder)
    except RunflowError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
