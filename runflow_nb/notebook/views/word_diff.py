"""What differs between two texts, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from .markup import QUIET, inert

WORD = re.compile(r"(\w+|[^\w\s]|^)(\s*)")
SENTENCE = re.compile(r"([^.\n]+\.?|\.|\n)(\s*)")
MANY = 2500
"""Words of a difference above which sentences are compared: searching takes time with the square of their number."""
FAR = 30
"""A stretch of more equal words than twice this is shown at its ends only: a prompt may have 50,000 characters."""
GAP = " … "
OLD = f"{QUIET};text-decoration:line-through;background:transparent;color:inherit"
NEW = "font-weight:bold;text-decoration:underline;background:transparent;color:inherit"


class Piece(NamedTuple):
    """A stretch of text that both have, or only one of them."""

    kind: Literal["both", "old", "new"]
    text: str


def difference(old: str, new: str) -> list[Piece]:
    """Both texts in one: what they share (as the new one spaces it), what is only in the old or in the new."""
    pieces = _difference(WORD, old, new)
    if pieces is None:
        pieces = _difference(SENTENCE, old, new)
    return [Piece("old", old), Piece("new", new)] if pieces is None else pieces


def _difference(kind: re.Pattern[str], old: str, new: str) -> list[Piece] | None:
    """By the parts that this pattern finds; None where those that differ are too many."""
    left, right = kind.findall(old), kind.findall(new)
    # What is equal at both ends is most of two versions of a prompt, and need not be searched for.
    words, others = [part[0] for part in left], [part[0] for part in right]
    start = _shared(words, others)
    end = _shared(words[start:][::-1], others[start:][::-1])
    middle, other = words[start : len(words) - end], others[start : len(others) - end]
    if max(len(middle), len(other)) > MANY:
        return None
    found = [Piece("both", _joined(right[:start]))]
    for change, a, b, c, d in SequenceMatcher(None, middle, other).get_opcodes():
        come = _joined(right[start + c : start + d])
        gone = "" if change == "equal" else _joined(left[start + a : start + b])
        found += [Piece("both", come)] if change == "equal" else _replaced(gone, come)
    found.append(Piece("both", _joined(right[len(right) - end :])))
    return [piece for piece in found if piece.text]


def _replaced(gone: str, come: str) -> list[Piece]:
    """The blank space behind both stands behind the marks, so that they enclose words."""
    if not (gone and come):
        return [Piece("old", gone), Piece("new", come)]
    space = come[len(come.rstrip()) :]
    return [Piece("old", gone.rstrip()), Piece("new", come.rstrip()), Piece("both", space)]


def _joined(parts: Iterable[tuple[str, str]]) -> str:
    return "".join(word + space for word, space in parts)


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    """How many pieces are equal from the beginning."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def difference_text(pieces: Iterable[Piece]) -> str:
    """As plain text: `a [-red-]{+blue+} fox`."""
    marks = {"both": ("", ""), "old": ("[-", "-]"), "new": ("{+", "+}")}
    return "".join(marks[piece.kind][0] + piece.text + marks[piece.kind][1] for piece in _near(list(pieces)))


def difference_html(pieces: Iterable[Piece]) -> str:
    """As HTML that is legible in every theme, and without colours."""
    marks = {"both": ("", ""), "old": (f'<del style="{OLD}">', "</del>"), "new": (f'<ins style="{NEW}">', "</ins>")}
    page = "".join(marks[piece.kind][0] + inert(piece.text) + marks[piece.kind][1] for piece in _near(list(pieces)))
    # Without a blank, what went and what came read as one word.
    return page.replace("</del><ins", "</del> <ins")


def _near(pieces: Sequence[Piece]) -> Iterable[Piece]:
    """The pieces with long stretches that both have cut down to what stands beside a difference."""
    for number, piece in enumerate(pieces):
        words = re.findall(r"\s*\S+\s*", piece.text)
        if piece.kind != "both" or len(words) <= 2 * FAR:
            yield piece
            continue
        before = "" if number == 0 else "".join(words[:FAR]).rstrip()
        after = "" if number == len(pieces) - 1 else "".join(words[-FAR:]).lstrip()
        yield Piece("both", before + GAP + after)
