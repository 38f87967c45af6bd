"""What is typed at the end of a line of options: a name, a value, or already the prompt. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..cell.option_table import Option, OptionTable
from ..cell.words import Word, split

DASHES = re.compile(r"(?:^|\s)(--?)$")
ENDED = re.compile(r"(?:^|\s)--\s")


@dataclass(frozen=True, slots=True)
class Typing:
    """The word that the cursor ends."""

    what: Literal["name", "value", "prompt"]
    text: str
    """As far as it is typed; of a value in quotes without the opening one."""
    start: int
    """Where `text` begins in the line."""
    word_start: int
    """Where the whole option begins."""
    option: Option | None = None
    """Whose value it is."""
    quote: str = ""
    """The quote that the value opened with."""


def typing(head: str, table: OptionTable) -> Typing:
    """What is typed at the end of `head`, the line up to the cursor."""
    dashes = DASHES.search(head)
    if dashes and not split(head[: dashes.start(1)], table.takes).rest and not ENDED.search(head):
        return Typing("name", dashes[1], dashes.start(1), dashes.start(1))
    parts = split(head, table.takes)
    if parts.rest or ENDED.search(head, parts.words[-1].end if parts.words else 0):
        return Typing("prompt", parts.rest, parts.rest_start, parts.rest_start)
    nothing = Typing("name", "", len(head), len(head))
    if not parts.words:
        return nothing
    last = parts.words[-1]
    if last.value is not None and last.end == len(head):
        return _value(head, last, table)
    if last.end == len(head):
        return Typing("name", last.name, last.start, last.start)
    known = table.resolve(last.name)
    if last.value is None and known is not None and known[0].kind != "switch":
        return Typing("value", "", len(head), last.start, known[0])
    return nothing


def _value(head: str, word: Word, table: OptionTable) -> Typing:
    start = word.start + len(word.name)
    start += 1 if head[start] == "=" else len(head[start:]) - len(head[start:].lstrip())
    quote = head[start : start + 1] if head[start : start + 1] in ("'", '"') else ""
    start += len(quote)
    known = table.resolve(word.name)
    # `--no-x` takes no value.
    option = known[0] if known is not None and known[1] else None
    return Typing("value", head[start:], start, word.start, option, quote)


def without(line: str, head: str, typed: Typing) -> str:
    """The whole line but for the option that is typed."""
    rest_of_word = re.match(r"\S*", line[len(head) :])
    assert rest_of_word is not None
    return f"{head[: typed.word_start]} {line[len(head) + rest_of_word.end() :]}"
