"""`%runflow SUBCOMMAND`: looked up in the table of subcommands, done by a module each."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from ...models.nearest import nearest
from ...models.validate import brief
from .arguments import read_arguments, usage_error
from .subcommands import SUBCOMMANDS, Subcommand


def help_text() -> str:
    """The subcommands with their usage, plain text."""
    width = max(len(row.usage) for row in SUBCOMMANDS.values())
    rows = [line for row in SUBCOMMANDS.values() for line in _rows(row, width)]
    return "\n".join(["Runs of this notebook, their cost, and what they are bought with.", "", *rows])


def _rows(row: Subcommand, width: int) -> Iterator[str]:
    yield f"  %runflow {row.usage.ljust(width)}  {row.meaning}"
    for flag in row.flags:
        yield f"           {f'  {flag.name} {flag.metavar}'.rstrip().ljust(width)}  {flag.help}"


def runflow(line: str) -> None:
    """Do what the subcommand says. Raises InvalidCommand for an unknown one, with the nearest."""
    name, _, rest = line.strip().partition(" ")
    name = name or "help"
    if {"-h", "--help"} & {name, *rest.split()}:
        name, rest = "help", ""
    if name not in SUBCOMMANDS:
        raise usage_error("", brief(name), "is no subcommand of %runflow", nearest(name, SUBCOMMANDS))
    arguments = read_arguments(name, SUBCOMMANDS[name], rest.strip())
    module = importlib.import_module(f".commands.{name}", __package__)
    module.run(arguments)
