"""`%runflow SUBCOMMAND`: looked up in the table of subcommands, done by a module each."""

from __future__ import annotations

import importlib
import textwrap
from collections.abc import Iterator

from ...models.nearest import nearest
from ...models.validate import brief
from .all_subcommands import subcommands
from .arguments import read_arguments, usage_error
from .subcommands import Flag, Subcommand

WIDTH = 80
"""Columns of the help: what a narrow notebook or a terminal holds."""
COMMAND = "  %runflow "
ASKS = frozenset({"-h", "--help"})
"""Behind any subcommand: what it takes."""


def help_text(name: str | None = None) -> str:
    """The subcommands with their usage, or this one alone, plain text. Raises InvalidCommand for an unknown one."""
    if name is not None:
        return "\n".join(_rows(_subcommand(name), 0, set()))
    table = subcommands().values()
    width = max(len(row.usage) for row in table)
    said: set[Flag] = set()
    rows = [line for row in table for line in _rows(row, width, said)]
    return "\n".join(["Runs of this notebook, their cost, and what they are bought with.", "", *rows])


def _subcommand(name: str) -> Subcommand:
    table = subcommands()
    if name not in table:
        raise usage_error("", brief(name), "is no subcommand of %runflow", nearest(name, table))
    return table[name]


def _rows(row: Subcommand, width: int, said: set[Flag]) -> Iterator[str]:
    """A flag that another row has told already is not told again."""
    new = [flag for flag in row.flags if flag not in said]
    said.update(new)
    flags = [f"  {flag.name} {flag.metavar}".rstrip() for flag in new]
    width = max(width, *map(len, (row.usage, *flags)))
    yield from _wrapped(f"{COMMAND}{row.usage.ljust(width)}  ", row.meaning)
    for flag, spelled in zip(new, flags, strict=True):
        yield from _wrapped(f"{' ' * len(COMMAND)}{spelled.ljust(width)}  ", flag.help)


def _wrapped(head: str, said: str) -> Iterator[str]:
    for number, line in enumerate(textwrap.wrap(said, WIDTH - len(head), break_on_hyphens=False)):
        yield (" " * len(head) if number else head) + line


def runflow(line: str) -> None:
    """Do what the subcommand says. Raises InvalidCommand for an unknown one, with the nearest."""
    name, _, rest = line.strip().partition(" ")
    name = name or "help"
    if name in ASKS:
        name = "help"
    elif ASKS & set(rest.split()):
        name, rest = "help", name
    row = _subcommand(name)
    importlib.import_module(row.module).run(read_arguments(name, row, rest.strip()))
