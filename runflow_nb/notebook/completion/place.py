"""Where in a cell the cursor stands: which magic, and which part of it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAMES = r"(?P<name>nanobanana|runflow)(?=\s)"
CELL = re.compile(rf"\s*%%{NAMES}")
LINE = re.compile(rf"[^\S\n]*(?:[^\W\d][^\n=%]*=[^\S\n]*)?%{NAMES}")


@dataclass(frozen=True, slots=True)
class Place:
    """The cursor in the line of a magic, or in the cell below it."""

    magic: str
    line: str
    """All that follows the magic's name on its line."""
    head: str
    """What stands before the cursor: of `line`, or where `below` of the cell below it."""
    start: int
    """Where `head` begins in the cell's text."""
    body: str | None
    """The cell below the line; None for a line magic."""
    below: bool = False


def locate(text: str, offset: int) -> Place | None:
    """The place of the cursor in this cell; None where none of our magics is."""
    end = _end_of_line(text, offset)
    cell = CELL.match(text)
    if cell is None:
        line_start = text.rfind("\n", 0, offset) + 1
        line = LINE.match(text, line_start, end)
        if line is None or offset <= line.end():
            return None
        return Place(line["name"], text[line.end() : end], text[line.end() : offset], line.end(), None)
    start, first_end = cell.end(), _end_of_line(text, cell.end())
    body = text[first_end + 1 :]
    if offset > first_end:
        return Place(cell["name"], text[start:first_end], text[first_end + 1 : offset], first_end + 1, body, below=True)
    return None if offset <= start else Place(cell["name"], text[start:end], text[start:offset], start, body)


def _end_of_line(text: str, position: int) -> int:
    found = text.find("\n", position)
    return len(text) if found < 0 else found


def template_word(text: str) -> int | None:
    """Where the name begins that is typed at the end of this text inside of `{{ ` or `{% `; None for no such name."""
    opened = max(text.rfind("{{"), text.rfind("{%"))
    if opened < 0 or max(text.rfind("}}"), text.rfind("%}")) > opened:
        return None
    inside = text[opened + 2 :]
    word = re.search(r"\w*$", inside)
    assert word is not None
    before = inside[: word.start()].strip("- \t\n")
    in_text = inside.count("'") % 2 or inside.count('"') % 2
    keyword = text.startswith("{%", opened) and not before
    if in_text or keyword or before.endswith((".", "|")) or word[0][:1].isdigit():
        return None
    return opened + 2 + word.start()
