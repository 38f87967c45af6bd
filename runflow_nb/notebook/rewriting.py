"""`--take new` becomes the number that it got, in the text of the cell: run again, the cell shows and does not buy."""

from __future__ import annotations

from typing import Any

from .interactive import can_rewrite, in_terminal, parent_header
from .options import take_apart

NAME = "nanobanana"


def running_text(shell: Any) -> str:
    """The text of the cell that runs, as it was typed."""
    if in_terminal(shell):
        typed = shell.history_manager.input_hist_raw
        return str(typed[-1]) if typed else ""
    return str(parent_header(shell).get("content", {}).get("code", ""))


def numbered(text: str, line: str, cell: str | None, take: int) -> str | None:
    """The cell's text with `--take new` as `--take N`; None where the cell holds more than the magic."""
    first, newline, below = text.strip("\n").partition("\n")
    mark = f"%{NAME}" if cell is None else f"%%{NAME}"
    head, found, _ = first.partition(line)
    if head.strip() != mark or not (found or not line) or (cell is None and below.strip()):
        return None
    if cell is not None and below.strip() != cell.strip():
        return None
    word = next((w for w in take_apart(line, cell).split.words if w.name == "--take" and w.value == "new"), None)
    if word is None:
        return None
    return f"{head}{line[: word.start]}--take {take}{line[word.end :]}{newline}{below}"


def can_number(shell: Any, line: str, cell: str | None) -> bool:
    """Whether the running cell can be rewritten to the number that a new take gets."""
    return can_rewrite(shell) and numbered(running_text(shell), line, cell, 1) is not None


def write_number(shell: Any, line: str, cell: str | None, take: int) -> None:
    """Rewrite the running cell."""
    text = numbered(running_text(shell), line, cell, take)
    if text is not None:
        shell.set_next_input(text, replace=True)


def is_closing_value(shell: Any) -> bool:
    """Whether the cell's own last line is the magic, so that its run is the cell's closing value."""
    text = running_text(shell).strip()
    last = text.rpartition("\n")[2].strip()
    return text.startswith(f"%%{NAME}") or last.startswith(f"%{NAME}")
