"""From names to the dialects that are spoken, and the table told: what `--dialect help` prints."""

from __future__ import annotations

from collections.abc import Iterable

from ...models.nearest import nearest
from .table import ALL, DIALECTS, NOT_SPOKEN, OLDER, TOPICS

WIDTH = max(map(len, DIALECTS))


class BadDialect(ValueError):
    """Dialects that cannot be spoken; the text names every one."""


def read_dialects(words: Iterable[str]) -> frozenset[str]:
    """From names, single or comma-joined; `older` stands for many. Raises BadDialect.

    A choice that is named goes before the one that `older` would make.
    """
    names = [name for word in words for name in map(str.strip, word.split(",")) if name]
    named = frozenset(names) - {ALL}
    check_dialects(named)
    if ALL not in names:
        return named
    chosen = {DIALECTS[name].choice for name in named} - {""}
    return named | {name for name in OLDER if DIALECTS[name].choice not in chosen}


def check_dialects(names: frozenset[str]) -> None:
    """Raises BadDialect for a name that is none, and for two that exclude each other."""
    problems = []
    for name in sorted(names - DIALECTS.keys()):
        meant = nearest(name, (*DIALECTS, ALL))
        problems.append(f"{name} is no dialect" + (f"; did you mean {meant}?" if meant else ""))
    choices: dict[str, list[str]] = {}
    for name in sorted(names & DIALECTS.keys()):
        choices.setdefault(DIALECTS[name].choice, []).append(name)
    problems += [
        f"{' and '.join(rivals)} exclude each other: each decides {choice}"
        for choice, rivals in choices.items()
        if choice and len(rivals) > 1
    ]
    if problems:
        raise BadDialect("; ".join(problems))


def guide() -> str:
    """Every dialect with its row, in lines that fit a terminal."""
    lines = [
        "Where the sources of the API disagree, the side that the sandbox does not take by itself.",
        f"{ALL}: all that are marked + at once; one that is named goes before the one marked.",
        "",
        f"    {'NAME':<{WIDTH}}  ROW",
    ]
    for dialect in DIALECTS.values():
        mark = "+" if dialect.older else " "
        lines.append(f"  {mark} {dialect.name:<{WIDTH}}  {dialect.row:>3}  {dialect.meaning}")
    lines += ["", "Rows without a dialect:"]
    lines += [f"    {row:>3}  {TOPICS[row]}: {reason}" for row, reason in NOT_SPOKEN.items()]
    return "\n".join(lines)
