"""docs/readers.md says what was seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.readers import document
from tests.readers.plain import findings, run_notebook
from tests.readers.register import COLUMNS, ROWS, Row, Seen, finding


def test_the_page_has_every_row_and_column_and_nothing_unseen() -> None:
    """It is what the command writes, to the letter."""
    known = document.read()
    assert set(known) == {(row.name, column) for row in ROWS for column in COLUMNS}
    assert document.UNSEEN not in known.values()
    assert document.DOCUMENT.read_text(encoding="utf-8") == document.text(known)


@pytest.mark.parametrize(
    ("kind", "seen", "words"),
    [
        ("picture", Seen("", "", pictures=1), "shown"),
        ("picture", Seen("a fox", "a fox"), "its words"),
        ("picture", Seen("an owl", "an owl"), "nothing"),
        ("fold", Seen("Details", "Details a fox"), "folded"),
        ("fold", Seen("<details> a fox", ""), "open, tags as text"),
        ("table", Seen("a fox", "", pictures=2, tables=1), "table with pictures"),
        ("table", Seen("<img a fox", "", tables=1), "table, no pictures, tags as text"),
        ("record", Seen("a fox", ""), "shown as JSON"),
        ("link", Seen("a fox", ""), "its words"),
        ("form", Seen("run it again", ""), "its words"),
    ],
)
def test_what_is_seen_has_a_word(kind: str, seen: Seen, words: str) -> None:
    assert finding(Row("a row", 0, 0, kind, "a fox"), seen) == words  # type: ignore[arg-type]


@pytest.mark.thorough
def test_each_reader_without_a_browser_sees_what_the_page_says(tmp_path: Path) -> None:
    known = document.read()
    found = findings(run_notebook(tmp_path))
    assert {where: known[where] for where in found} == found
