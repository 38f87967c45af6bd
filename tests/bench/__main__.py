"""`python -m tests.bench [NAME ...]`: measure, and print one table."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.bench import (
    fan_out,
    load_cost,
    memory,
    notebook_bytes,
    own_time,
    packing,
    polling,
    previews,
    queries,
    reuse,
    views,
)
from tests.bench.table import Row, table

ROWS: Mapping[str, Callable[[Path], list[Row]]] = {
    "load": load_cost.rows,
    "run": own_time.rows,
    "preview": previews.rows,
    "polling": polling.rows,
    "fan-out": fan_out.rows,
    "reuse": reuse.rows,
    "queries": queries.rows,
    "views": views.rows,
    "bytes": notebook_bytes.rows,
    "memory": memory.rows,
    "pack": packing.rows,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """A row that misses its must is printed as such and fails nothing: machines differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(ROWS)}")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(ROWS):
        parser.error(f"no such rows: {', '.join(sorted(unknown))}")
    names = options.names or list(ROWS)
    rows = []
    for name in names:
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="runflow-bench-", ignore_cleanup_errors=True) as folder:
            rows += ROWS[name](Path(folder))
    print(table(rows))


if __name__ == "__main__":
    for variable in [name for name in os.environ if name.startswith("RUNFLOW_")]:
        del os.environ[variable]
    main()
