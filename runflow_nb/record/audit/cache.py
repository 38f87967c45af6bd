"""The stored index beside one that was just made from the journal. It is a cache: where they differ, money is safe."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from .. import places, snapshot
from ..build import Builder, Stale
from ..schema import Row
from .book import Book
from .finding import Finding

COMPARED = {
    "runs": ", ".join(name for name in Row._fields if name != "lines"),
    "fragments": "id",
    "totals": "*",
    "prices": "*",
    "inputs": "*",
    "proven": "*",
}
"""Table -> what is compared of it; where a line lies depends on the order in which files were read."""
BY_ITSELF = "It is only a cache, and is built anew by itself"
BY_HAND = "It is only a cache: delete it, and it is built anew; runflow-nb check --fix does that"


def index_differences(root: Path, book: Book) -> Iterator[Finding]:
    """What the stored index, brought up to date in memory, says otherwise than the journal."""
    path = root / places.INDEX
    try:
        stored = snapshot.read(path) if path.exists() else None
    except sqlite3.DatabaseError:
        yield Finding("index", places.INDEX, "it cannot be read", BY_ITSELF)
        return
    if stored is None:
        return
    with closing(stored):
        builder = Builder(stored, root, book.folder)
        try:
            known = builder.files()
            if any(name not in book.extents or book.extents[name].size < known[name].size for name in known):
                raise Stale
            with builder.transaction():
                builder.absorb({name: now for name, now in sorted(book.extents.items()) if known.get(name) != now})
            differing = [table for table in COMPARED if _rows(builder, table) != _rows(book.builder, table)]
        except (Stale, sqlite3.DatabaseError):
            yield Finding("index", places.INDEX, "it speaks of journal lines that are not there", BY_ITSELF)
            return
    if differing:
        yield Finding("index", places.INDEX, f"its {' and '.join(differing)} are not those of the journal", BY_HAND)


def _rows(builder: Builder, table: str) -> set[tuple[Any, ...]]:
    rows = builder.rows(f"SELECT {COMPARED[table]} FROM {table}")  # noqa: S608 - both are words of this module
    if table != "totals":
        return set(rows)
    # A sum that came and went again leaves a row of nothing, and zeros at the ends of others.
    return {(*row[:6], *map(Decimal, row[6:])) for row in rows if row[5]}
