"""The text of the running cell: read as it was typed, and rewritten where `--take new` gets its number, so that the
cell run again shows and does not buy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ...callback import parent_header
from ..interactive import can_rewrite, in_terminal
from .typed import take_apart


@dataclass(frozen=True, slots=True)
class Magic:
    """One use of a magic, as IPython hands it over."""

    mark: str
    """`%nanobanana`, `%%nanobanana` or `%%runflow`."""
    line: str
    """What follows the mark on its line."""
    cell: str | None
    """The lines below; None for a line magic."""
    options: str
    """The part of the line that holds options: all of it, or what follows the model of `%%runflow MODEL`."""
    model: str | None = None
    """The one that `%%runflow MODEL` names."""


def running_text(shell: Any) -> str:
    """The text of the cell that runs, as it was typed."""
    if in_terminal(shell):
        typed = shell.history_manager.input_hist_raw
        return str(typed[-1]) if typed else ""
    return str(parent_header(shell).get("content", {}).get("code", ""))


def body_as_typed(shell: Any, mark: str, line: str, cell: str) -> str:
    """The lines below a cell magic, with what IPython takes off before the magic sees them: marks of other prompts
    (`>>> `, `... `), which a prompt may well begin with, and blanks on empty lines.
    """
    typed = running_text(shell).lstrip("\n")
    first, _, body = typed.partition("\n")
    if not first.startswith(mark) or body.rstrip("\n") == cell.rstrip("\n"):
        return cell
    # Whether this magic is what IPython made of that text: a magic may also be called from code, or from another one.
    made = f"get_ipython().run_cell_magic({mark.lstrip('%')!r}, {line!r}, {cell!r})\n"
    return body if shell.transform_cell(typed) == made else cell


def numbered(text: str, magic: Magic, take: int) -> str | None:
    """The cell's text with `--take new` as `--take N`; None where the cell holds more than the magic."""
    first, newline, below = text.strip("\n").partition("\n")
    line, cell = magic.line, magic.cell
    head, found, _ = first.partition(line)
    if head.strip() != magic.mark or not (found or not line) or (cell is None and below.strip()):
        return None
    if cell is not None and below.strip() != cell.strip():
        return None
    words = take_apart(magic.options, cell, magic.model).split.words
    word = next((w for w in words if w.name == "--take" and w.value == "new"), None)
    if word is None:
        return None
    before = len(line) - len(magic.options)
    return f"{head}{line[: before + word.start]}--take {take}{line[before + word.end :]}{newline}{below}"


def can_number(shell: Any, magic: Magic) -> bool:
    """Whether the running cell can be rewritten to the number that a new take gets."""
    return can_rewrite(shell) and numbered(running_text(shell), magic, 1) is not None


def write_number(shell: Any, magic: Magic, take: int) -> None:
    """Rewrite the running cell."""
    text = numbered(running_text(shell), magic, take)
    if text is not None:
        shell.set_next_input(text, replace=True)


def flag_numbered(text: str, command: str, flag: str, take: int) -> str | None:
    """The text of a cell that is one `%runflow COMMAND`, with this flag as `--take N`; None where it is not."""
    pattern = rf"(\s*%runflow\s+{re.escape(command)}\s(?:.*\s)?){re.escape(flag)}(?=\s|$)(.*)"
    match = re.fullmatch(pattern, text.strip("\n"))
    return None if match is None else f"{match[1]}--take {take}{match[2]}"


def is_closing_value(shell: Any, magic: Magic) -> bool:
    """Whether the cell's own last line is the magic, so that its run is the cell's closing value."""
    text = running_text(shell).strip()
    if magic.cell is not None:
        return text.startswith(magic.mark)
    return text.rpartition("\n")[2].strip().startswith(magic.mark)
