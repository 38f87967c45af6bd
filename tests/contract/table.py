"""The lines as a table, for a terminal and for the folder of documents."""

from __future__ import annotations

from collections.abc import Sequence

from runflow_nb.sandbox.dialects.table import DIALECTS
from tests.contract.outcome import LineOutcome, reasons

HEAD = ("line", "what it says", "held to it", "tests", "default", "dialects")


def cells(row: LineOutcome) -> tuple[str, ...]:
    held, looked = row.dialects
    result = row.result
    if result == "ok" and row.skipped:
        result = f"ok, {row.skipped} skipped"
    if row.missing:
        result = f"NO TEST of the {' and the '.join(sorted(row.missing))}"
    side = {"both": "client, server"}.get(row.line.side, row.line.side)
    dialects = f"{held} of {looked}" if looked else ""
    return row.line.name, row.line.says, side, str(len(row.tests)), result, dialects


def text(rows: Sequence[LineOutcome], *, tests: bool = False) -> str:
    """For a terminal; `tests` names those of each line below it."""
    lines = [cells(row) for row in rows]
    table = [tuple(line[column] for column in SHOWN) for line in [HEAD, *lines]]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    found = []
    for number, line in enumerate(table):
        found.append("  ".join(map(str.ljust, line, widths)).rstrip())
        if number == 0:
            found.append("  ".join("-" * width for width in widths))
        elif tests:
            found += [f"  {name}" for name in rows[number - 1].tests]
    return "\n".join(found)


SHOWN = (0, 2, 3, 4, 5)
"""In a terminal there is no room for what a line says."""


def summary(rows: Sequence[LineOutcome]) -> str:
    """What stands below the table."""
    failed = [row for row in rows if row.result == "FAILED" or row.dialects[0] < row.dialects[1]]
    untested = [row for row in rows if row.missing]
    parts = [f"{len(rows)} lines", f"{len(failed)} failed" if failed else "none failed"]
    if untested:
        parts.append(f"{len(untested)} without a test")
    found = reasons(outcome for row in rows for outcome in row.outcomes)
    return "\n".join(
        [", ".join(parts), *(f"{number} tests skipped: {reason}" for reason, number in sorted(found.items()))]
    )


INTRODUCTION = f"""# The contract, line by line

Every line of the two model pages of Runflow, and every row on which its sources disagree (section 14), with who is
held to it and what came of its tests. *Default* is the sandbox as it speaks by itself; *dialects* says in how many the
line held, of those in which it was looked at. There are {len(DIALECTS) + 1}: one for each way in which sources differ,
and one older service. What only the sandbox is held to is looked at in its default and where a dialect is about it.

Made by `python -m tests.contract --write docs/contract.md`. `python -m tests.contract LINE` names the tests of a line
and runs them. With `RUNFLOW_CONTRACT_URL` the same tests ask another base URL; `--dry` lists what that would cost.
"""
PARTS = {
    "nano-banana-2/": "google/nano-banana-2",
    "nano-banana-pro/edit/": "google/nano-banana-pro/edit",
    "request/": "Request parameters, of both pages",
    "output/": "Output schema, of both pages",
    "callback/": "Callbacks, of both pages",
    "14/": "Where sources disagree",
}
"""Beginning of a line's name -> its heading."""


def markdown(rows: Sequence[LineOutcome]) -> str:
    """For the folder of documents."""
    found = [INTRODUCTION]
    for beginning, heading in PARTS.items():
        part = [cells(row) for row in rows if row.line.name.startswith(beginning)]
        found += [f"## {heading}\n", *_aligned(part), ""]
    return "\n".join(found)


def _aligned(lines: Sequence[tuple[str, ...]]) -> list[str]:
    coded = [HEAD, *((f"`{line[0]}`", *line[1:]) for line in lines)]
    widths = [max(map(len, column)) for column in zip(*coded, strict=True)]
    table = [" | ".join(map(str.ljust, line, widths)) for line in coded]
    table.insert(1, " | ".join("-" * width for width in widths))
    return [f"| {line} |" for line in table]
