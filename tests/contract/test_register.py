"""The register holds what the pages hold, and the table in the folder of documents what the register holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runflow_nb.sandbox.dialects.table import TOPICS
from tests.contract import pages
from tests.contract.lines import LINES
from tests.contract.outcome import LineOutcome, Outcome, by_line
from tests.contract.table import cells, markdown, summary, text

DOCUMENT = Path(__file__).parents[2] / "docs" / "contract.md"
FIRST = LINES[0]


def test_every_row_of_the_pages_is_a_line_and_nothing_else_is() -> None:
    assert [line.name for line in LINES] == pages.names()
    assert len({line.name for line in LINES}) == len(LINES)
    assert len(pages.DISAGREEMENTS) == len(TOPICS)
    assert [len(page.input) for page in pages.PAGES] == [11, 11]
    assert all(line.says for line in LINES)


def written() -> list[tuple[str, ...]]:
    """The first three cells of every row of the document."""
    rows = [line.strip("|\n").split(" | ") for line in DOCUMENT.read_text(encoding="utf-8").splitlines()]
    return [tuple(cell.strip() for cell in row[:3]) for row in rows if row[0].strip().startswith("`")]


def test_the_document_has_the_lines_of_the_register() -> None:
    """Their results are as old as the document."""
    assert written() == [(f"`{line.name}`", *cells(LineOutcome(line))[1:3]) for line in LINES], (
        "make it anew: python -m tests.contract --write docs/contract.md"
    )


def test_the_document_tells_of_no_failure() -> None:
    said = DOCUMENT.read_text(encoding="utf-8")
    assert not re.search("FAILED|NO TEST", said)


def outcome(result: str, dialect: str = "", mark: str = "both", reason: str = "", test: str = "a") -> Outcome:
    return Outcome(test, ((mark, FIRST.name),), dialect, result, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([], ("0", "NO TEST of the client and the server", "")),
        ([outcome("passed")], ("1", "ok", "")),
        ([outcome("passed", mark="client")], ("1", "NO TEST of the server", "")),
        ([outcome("passed", mark="client"), outcome("failed", mark="server")], ("1", "FAILED", "")),
        ([outcome("passed"), outcome("passed", "run-id"), outcome("failed", "partial")], ("1", "ok", "1 of 2")),
        ([outcome("skipped", reason="needs a book")], ("1", "needs a book", "")),
        ([outcome("skipped", reason="needs a book"), outcome("passed", test="b")], ("2", "ok, 1 skipped", "")),
        ([outcome("passed"), outcome("skipped", "run-id", reason="needs a book")], ("1", "ok", "")),
    ],
)
def test_what_came_of_a_line_is_told_in_a_word(outcomes: list[Outcome], said: tuple[str, ...]) -> None:
    rows = by_line(outcomes, [FIRST.name])
    assert cells(rows[0]) == (FIRST.name, FIRST.says, "client, server", *said)
    assert said[1] in text(rows)
    assert said[1] in markdown(rows)


def test_below_the_table_it_is_said_how_many_failed() -> None:
    assert summary(by_line([outcome("failed")], [FIRST.name])) == "1 lines, 1 failed"
    assert summary(by_line([outcome("passed"), outcome("failed", "run-id")], [FIRST.name])) == "1 lines, 1 failed"
    skipped = [outcome("passed"), outcome("skipped", reason="needs a book", test="b")]
    assert summary(by_line(skipped, [FIRST.name])) == "1 lines, none failed\n1 tests skipped: needs a book"
    assert summary(by_line([], [FIRST.name])) == "1 lines, none failed, 1 without a test"
