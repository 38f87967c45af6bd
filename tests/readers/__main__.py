"""Look with every reader that needs no browser."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.readers import document
from tests.readers.plain import findings, run_notebook


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.readers")
    parser.add_argument("--write", action="store_true", help=f"write {document.DOCUMENT.name}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seen = findings(run_notebook(Path(folder)))
    if options.write:
        document.write(seen)
    known = document.read()
    others = [
        f"{row} in {column}: {found}" for (row, column), found in seen.items() if known.get((row, column)) != found
    ]
    print("\n".join(others) or f"docs/{document.DOCUMENT.name} says what is seen")
    return bool(others)


if __name__ == "__main__":
    raise SystemExit(main())
