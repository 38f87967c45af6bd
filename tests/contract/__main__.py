"""`python -m tests.contract`: every line of the contract, who is held to it, and what came of its tests."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MARK = re.compile(r"mark\.(both|client|server)\(")
DIALECT = "RUNFLOW_CONTRACT_DIALECT"
EPILOG = (
    "RUNFLOW_CONTRACT_URL points it at any base URL, with the key of RUNFLOW_API_KEY and at most RUNFLOW_CONTRACT_CAP "
    "USD to spend there."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status is 1 where a line does not hold or has no test, 2 where nothing was begun."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract", description=__doc__, epilog=EPILOG)
    parser.add_argument("line", nargs="*", help="only these lines, with the names of their tests")
    parser.add_argument("--dialect", metavar="NAME", help="what the sandbox speaks; `each` for the default and all")
    parser.add_argument("--dry", action="store_true", help="list what would be created and spent, and send nothing")
    parser.add_argument("--write", metavar="FILE", type=Path, help="write the table of all lines as Markdown")
    options = parser.parse_args(arguments)
    if options.write:
        if options.line or options.dialect not in (None, "each"):
            parser.error("--write is of all lines in all dialects")
        options.dialect = "each"
    if options.dialect:
        os.environ[DIALECT] = options.dialect  # read where the suite is imported
    from tests.contract.aim import BadAim

    try:
        return begin(options)
    except BadAim as problem:
        print(f"python -m tests.contract: {problem}", file=sys.stderr)
        return 2


def marked_files() -> list[str]:
    """The files of tests in which a line may be named: reading all others takes longer than most tests do."""
    found = [path for path in (ROOT / "tests").rglob("test_*.py") if MARK.search(path.read_text(encoding="utf-8"))]
    here = Path(__file__).parent
    return sorted(str(path) for path in {*found, *here.glob("test_*.py")})


def begin(options: argparse.Namespace) -> int:
    """Raises BadAim."""
    from tests.contract import table
    from tests.contract.aim import BadAim
    from tests.contract.aimed import AIM
    from tests.contract.lines import BY_NAME
    from tests.contract.outcome import by_line
    from tests.contract.planned import listed, most
    from tests.contract.plugin import Contract

    if options.dry:
        print(listed())
        return 0
    if unknown := [name for name in options.line if name not in BY_NAME]:
        raise BadAim(f"no line is called {', '.join(unknown)}")
    AIM.check(most())
    contract = Contract(options.line)
    status = pytest.main(
        [*marked_files(), "-q", "--no-header", "-m", "(both or client or server) and not browser",
         "-n", "0", "--tb=short", "-rfE", "-p", "no:cacheprovider"],
        plugins=[contract],
    )  # fmt: skip
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return 2
    rows = by_line(contract.outcomes.values(), options.line)
    print("", table.text(rows, tests=bool(options.line)), "", table.summary(rows), sep="\n")
    if options.write:
        options.write.parent.mkdir(exist_ok=True)
        options.write.write_text(table.markdown(rows), encoding="utf-8")
    complete = all(not row.missing for row in rows)
    return 0 if status == pytest.ExitCode.OK and complete else 1


if __name__ == "__main__":
    sys.exit(main())
