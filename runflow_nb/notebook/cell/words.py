"""Splitting the line of a magic into options and the prompt, which is kept exactly as it was typed.

A value may be quoted ('...' or "..."), may hold an apostrophe, and may be JSON or a template with spaces in it:
`--tag it's`, `--metadata {"a": 1}`, `--seed {{ n + 1 }}`. Nothing here knows what the options mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Takes = Literal["value", "nothing", "unknown"]
OPTION = re.compile(r"-[^\s=]+")
SPACE = re.compile(r"\s*")
ESCAPED = re.compile(r'\\(["\\])')
CLOSES = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class Word:
    """One option as it was typed."""

    name: str
    """With its dashes."""
    value: str | None
    """Its value, unquoted; None where none was given."""
    start: int
    end: int
    """Where it stands in the line, value included: `line[start:end]`."""
    unclosed: str = ""
    """The quote that opens the value and is never closed."""


@dataclass(frozen=True, slots=True)
class Split:
    """A line in its two parts."""

    words: tuple[Word, ...]
    rest: str
    """What follows the options, verbatim."""
    rest_start: int
    ended: bool = False
    """Whether `--` ended the options."""


def split(line: str, takes: Callable[[str], Takes]) -> Split:
    """Options from the left, as long as words begin with a dash; `--` ends them.

    `takes` says of an option's name whether a value follows.
    """
    words: list[Word] = []
    position = _skip(line, 0)
    while match := OPTION.match(line, position):
        if match[0] == "--":
            position = match.end()
            break
        word = _option(line, match, takes)
        words.append(word)
        position = _skip(line, word.end)
    else:
        return Split(tuple(words), line[position:], position)
    position = _skip(line, position)
    return Split(tuple(words), line[position:], position, ended=True)


def _option(line: str, match: re.Match[str], takes: Callable[[str], Takes]) -> Word:
    name, start, end = match[0], match.start(), match.end()
    if line[end : end + 1] == "=":
        return _valued(line, name, start, end + 1)
    glued = not name.startswith("--") and takes("-" + name) == "unknown"  # -seed is no -s eed
    if takes(name) == "unknown" and takes(name[:2]) == "value" and glued:
        return _valued(line, name[:2], start, start + 2)  # -n2
    if takes(name) == "unknown" and (value := _lone_word(line, end, takes)) is not None:
        return Word(name, value[0], start, value[1])
    if takes(name) != "value":
        return Word(name, None, start, end)
    value_start = _skip(line, end)
    following = OPTION.match(line, value_start)
    another = following is not None and (following[0].startswith("--") or takes(following[0]) != "unknown")
    if value_start == len(line) or another:
        return Word(name, None, start, end)
    return _valued(line, name, start, value_start)


def _lone_word(line: str, end: int, takes: Callable[[str], Takes]) -> tuple[str, int] | None:
    """(text, end) of the one word between an unknown option and what is an option again, or the end of the line.

    It can only be meant for the option's value; the mistake of the option then hides no other.
    """
    value_start = _skip(line, end)
    value_end = _unquoted_end(line, value_start)
    after = OPTION.match(line, _skip(line, value_end))
    if value_end == value_start or OPTION.match(line, value_start):
        return None
    if line[value_end:].strip() and (after is None or takes(after[0]) == "unknown"):
        return None
    return line[value_start:value_end], value_end


def _valued(line: str, name: str, start: int, value_start: int) -> Word:
    quote = line[value_start : value_start + 1]
    if quote not in ("'", '"'):
        end = _unquoted_end(line, value_start)
        return Word(name, line[value_start:end], start, end)
    closing = _closing_quote(line, value_start, last=True)
    if closing is None:
        return Word(name, line[value_start + 1 :], start, len(line), unclosed=quote)
    inner = line[value_start + 1 : closing]
    return Word(name, ESCAPED.sub(r"\1", inner) if quote == '"' else inner, start, closing + 1)


def _closing_quote(text: str, opening: int, last: bool = False) -> int | None:
    """Where the quote that opens here is closed; within double quotes a backslash hides the next character.

    `last`: only a quote that ends its word closes, so that 'it's' is one value.
    """
    quote = text[opening]
    position = opening + 1
    while position < len(text):
        if text[position] == "\\" and quote == '"':
            position += 1
        elif text[position] == quote and not (last and text[position + 1 : position + 2].strip()):
            return position
        position += 1
    return None


def _unquoted_end(text: str, start: int) -> int:
    """The first blank after `start` that stands in no closed bracket."""
    position = start
    while position < len(text) and not text[position].isspace():
        position = _balanced_end(text, position) or position + 1
    return position


def _balanced_end(text: str, start: int) -> int | None:
    """Just after the bracket that closes the one at `start`; None where none opens here or none closes it."""
    expected: list[str] = []
    position = start
    while position < len(text):
        char = text[position]
        if char in CLOSES:
            expected.append(CLOSES[char])
        elif not expected:
            return None
        elif char == expected[-1]:
            expected.pop()
            if not expected:
                return position + 1
        elif char == '"':
            closing = _closing_quote(text, position)
            if closing is None:
                return None
            position = closing
        position += 1
    return None


def _skip(text: str, position: int) -> int:
    match = SPACE.match(text, position)
    return match.end() if match else position
