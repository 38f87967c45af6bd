"""Every subcommand of `%runflow`: this room's own, and those of rooms above, which say only where their table is."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .subcommands import Subcommand

LAST = "help"
_tables: list[str] = []


def add(table: str) -> None:
    """Take in the `SUBCOMMANDS` of this module, by its dotted name. It is imported when first looked at."""
    if table not in _tables:
        _tables.append(table)


def subcommands() -> dict[str, Subcommand]:
    """The rows by name, in the order of the help."""
    from .subcommands import SUBCOMMANDS

    rows = dict(SUBCOMMANDS)
    for table in _tables:
        rows.update(importlib.import_module(table).SUBCOMMANDS)
    return {**{name: row for name, row in rows.items() if name != LAST}, LAST: rows[LAST]}
