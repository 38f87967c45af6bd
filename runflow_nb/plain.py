"""Plain text for people: nothing in it that acts, one line of a longer text, columns that stand below each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

GAP = "  "
CONTROLS = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"}
CONTROLS |= {0x7F: "\u2421", **dict.fromkeys(range(0x80, 0xA0), "\ufffd")}
"""Control characters -> the pictures that Unicode has for them."""


def visible(text: str) -> str:
    """The text with control characters to be seen, but tabs and line ends: they could colour, move or hide what follows
    them on a terminal, and in the output of a cell.
    """
    return text.translate(CONTROLS)


def shortened(text: str, length: int) -> str:
    """The text on one line, control characters left out, cut at a word where it is longer than `length`."""
    line = " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    head, blank, _ = cut.rpartition(" ")
    return (head if blank and len(head) > length // 2 else cut).rstrip(" ,;:.-") + "…"


def columns_text(names: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[str] = ()) -> str:
    """A table: every column as wide as its widest text, those of `numbers` aligned to the right."""
    lines = [tuple(names), *(tuple(map(visible, row)) for row in rows)]
    widths = [max(map(columns_of, column)) for column in zip(*lines, strict=True)]
    right = frozenset(numbers)
    return "\n".join(GAP.join(_padded(names, line, widths, right)).rstrip() for line in lines)


def columns_of(text: str) -> int:
    """How many columns of a terminal the text takes: East Asian letters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Me", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _padded(names: Sequence[str], line: Sequence[str], widths: Sequence[int], right: frozenset[str]) -> Iterable[str]:
    for name, text, width in zip(names, line, widths, strict=True):
        blank = " " * (width - columns_of(text))
        yield blank + text if name in right else text + blank
