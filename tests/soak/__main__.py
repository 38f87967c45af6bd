"""`python -m tests.soak`: many runs from several processes that are killed, on a server where much goes wrong."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.soak.report import report
from tests.soak.soaking import FAULTS, soak


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status is 1 where anything was lost or doubled, or a cent is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="(request, take) pairs to be bought (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the load, the kills and the faults (%(default)s)")
    parser.add_argument("--processes", type=int, default=3, help="that use one store (%(default)s)")
    parser.add_argument("--kills", type=int, default=6, help="of each process, by SIGKILL (%(default)s)")
    parser.add_argument("--faults", default=FAULTS, metavar="SPEC", help="what goes wrong; see runflow-nb sandbox")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="runflow-soak-", ignore_cleanup_errors=True) as folder:
        figures = soak(Path(folder), options.runs, options.seed, options.processes, options.kills, options.faults)
    print(report(figures))
    return 0 if figures.flawless else 1


if __name__ == "__main__":
    sys.exit(main())
