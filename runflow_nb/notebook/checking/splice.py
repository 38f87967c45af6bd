"""Parts taken out of a JSON text while every other byte stays as it is: indents, escapes, order and line ends. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

BLANK = re.compile(r"[ \t\r\n]*")
_decoder = json.JSONDecoder()


class Part(NamedTuple):
    """A member of an object, or an element of an array: where it stands in the text."""

    key: str
    """Of an element ""."""
    begin: int
    """Where the key begins, of an element the value."""
    value: int
    """Where the value begins."""
    end: int


class Replaced(NamedTuple):
    """A piece of the text, and what stands there instead."""

    begin: int
    end: int
    text: str


def value_at(text: str) -> int:
    """Where the text's own value begins."""
    return _skip(text, 0)


def parts(text: str, begin: int) -> list[Part]:
    """The members or elements of the object or array that begins here. The text has been read as JSON before."""
    return list(_parts(text, begin))


def member(text: str, begin: int, key: str) -> Part | None:
    """The member of this key, the last one where it is there twice, as JSON is read."""
    return (
        next((part for part in reversed(parts(text, begin)) if part.key == key), None) if text[begin] == "{" else None
    )


def without(text: str, begin: int, dropped: Collection[int]) -> Replaced:
    """The object or array that begins here, without the parts of these places."""
    found = parts(text, begin)
    end = _skip(text, found[-1].end if found else begin + 1) + 1
    kept = [place for place in range(len(found)) if place not in dropped]
    if not kept:
        return Replaced(begin, end, text[begin] + text[end - 1])
    pieces = [text[begin : found[0].begin]]
    for number, place in enumerate(kept):
        if number:
            pieces.append(text[found[place - 1].end : found[place].begin])
        pieces.append(text[found[place].begin : found[place].end])
    return Replaced(begin, end, "".join([*pieces, text[found[-1].end : end]]))


def spliced(text: str, replaced: Sequence[Replaced]) -> str:
    """The text with these pieces, none of which is inside another, replaced."""
    for piece in sorted(replaced, reverse=True):
        text = text[: piece.begin] + piece.text + text[piece.end :]
    return text


def _parts(text: str, begin: int) -> Iterator[Part]:
    closing = {"{": "}", "[": "]"}[text[begin]]
    place = _skip(text, begin + 1)
    while text[place] != closing:
        first, key = place, ""
        if closing == "}":
            key, place = _decoder.raw_decode(text, place)
            place = _skip(text, _skip(text, place) + 1)  # past the colon
        _, end = _decoder.raw_decode(text, place)
        yield Part(key, first, place, end)
        place = _skip(text, end)
        if text[place] == ",":
            place = _skip(text, place + 1)


def _skip(text: str, place: int) -> int:
    match = BLANK.match(text, place)
    return place if match is None else match.end()
