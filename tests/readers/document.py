"""docs/readers.md: written from findings, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.readers.register import COLUMNS, ROWS

DOCUMENT = Path(__file__).parents[2] / "docs" / "readers.md"
UNSEEN = "?"
HEAD = """# What shows where

A notebook is saved with its pictures, so that it can be read where neither this package nor a kernel is. This table is
made from what was seen: one notebook with everything that is shown was opened by each reader (`python -m tests.readers
--write`, and in real browsers `pytest -m browser tests/browser/test_readers.py`).

"""
TAIL = """
- *folded*: opens with a click. *kept, not shown*: the record of a run is in the file for programs, and nobody has to
  look at it. *link*: leads to the file beside the notebook.
- GitHub's rules take styles, scripts and pictures inside of HTML away; the picture of a cell is none of these, and the
  facts keep a line each. A comparison and a history are words there.
- `--sanitize-html` knows no folds and no pictures inside of HTML, and shows their tags as text. Of a caption
  these are the few of its fold; a history or a comparison is better exported without that option.
- A form lives in a kernel. Where there is none, its words say how to open it again.
"""

Findings = Mapping[tuple[str, str], str]


def text(findings: Findings) -> str:
    """The page."""
    head = f"| | {' | '.join(COLUMNS)} |\n|{' --- |' * (len(COLUMNS) + 1)}\n"
    body = "".join(
        f"| {row.name} | {' | '.join(findings.get((row.name, column), UNSEEN) for column in COLUMNS)} |\n"
        for row in ROWS
    )
    return HEAD + head + body + TAIL


def read() -> dict[tuple[str, str], str]:
    """What the page says now; nothing where there is none."""
    if not DOCUMENT.exists():
        return {}
    table = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    columns = cells[0][1:]
    return {(line[0], column): found for line in cells[2:] for column, found in zip(columns, line[1:], strict=True)}


def write(findings: Findings) -> None:
    """Put these into the page; what was seen of other readers stays."""
    DOCUMENT.write_text(text({**read(), **findings}), encoding="utf-8")
