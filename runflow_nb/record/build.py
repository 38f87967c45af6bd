"""Putting what journals say into the index."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from .fold import fold
from .run import Run
from .scan import Extent, Line, lines, read_line, tail
from .schema import INSERT, Row, row_of
from .takes import Claim, number

CLAIMS = """
SELECT id, asked, sent, claim FROM runs WHERE recipe = ? AND origin = ? AND asked IS ? AND holds
UNION SELECT id, asked, sent, claim FROM runs WHERE recipe = ? AND origin = ? AND sent = ? AND holds
"""
Events = list[dict[str, Any]]


class Stale(Exception):
    """The index speaks of lines that are not where it says."""


class Builder:
    """Writes to the index. Not for several threads at once."""

    def __init__(self, database: sqlite3.Connection, root: Path, folder: Path) -> None:
        self._db = database
        self._root = root
        self._folder = folder

    def absorb(self, name: str, extent: Extent) -> int:
        """Read what is new in a journal file; how many events there were.

        Raises Stale where the file is not the one that was read before, and StoreUnavailable.
        """
        path = self._folder / name
        file, offset, known, damaged, count, last = self._file(name)
        if tail(path, offset) != known:
            raise Stale(name)
        before = count
        for reached, found in lines(path, offset):
            offset = reached
            events = [line.event for line in found if line.event is not None]
            damaged += len(found) - len(events)
            count += len(events)
            last = max([last, *(at for event in events if isinstance(at := event.get("at"), str))])
            self._take_in(file, found)
        self._db.execute(
            "UPDATE files SET size=?, changed=?, offset=?, tail=?, damaged=?, events=?, last=? WHERE id=?",
            (extent.size, extent.changed, offset, tail(path, offset), damaged, count, last, file),
        )
        return count - before

    def _file(self, name: str) -> tuple[int, int, bytes, int, int, str]:
        columns = "SELECT id, offset, tail, damaged, events, last FROM files WHERE name = ?"
        row = self._db.execute(columns, (name,)).fetchone()
        if row is None:
            self._db.execute("INSERT INTO files VALUES (NULL, ?, 0, 0, 0, ?, 0, 0, '')", (name, b""))
            row = self._db.execute(columns, (name,)).fetchone()
        file, offset, known, damaged, count, last = row
        return int(file), int(offset), bytes(known), int(damaged), int(count), str(last)

    def _take_in(self, file: int, found: Iterable[Line]) -> None:
        told: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        for offset, length, event in found:
            if event is None:
                continue
            run = event.get("run")
            if event["event"] == "input":
                self._input(event)
            elif event["event"] == "proven":
                self._proven(event)
            elif isinstance(run, str) and run:
                told[run].append((f"{file}:{offset}:{length}", event))
        totals = Totals()
        groups: set[tuple[str, str, str | None]] = set()
        for run, new in told.items():
            row = self._put(run, new, totals)
            if row is not None:
                groups |= {(row.recipe, row.origin, row.asked), (row.recipe, row.origin, row.sent)}
        totals.add_to(self._db)
        for group in groups:
            self._number(*group)

    def _put(self, run: str, new: list[tuple[str, dict[str, Any]]], totals: Totals) -> Row | None:
        """Fold a run with what is new about it; None while its intent is missing."""
        found = self._db.execute("SELECT * FROM runs WHERE id = ?", (run,)).fetchone()
        before = Row(*found) if found else None
        fragment = None
        if before is None:
            fragment = self._db.execute("SELECT lines FROM fragments WHERE id = ?", (run,)).fetchone()
        old = before.lines if before else fragment[0] if fragment else ""
        events = [*self.events(run, old), *(event for _, event in new)]
        where = " ".join([*old.split(), *(place for place, _ in new)])
        folded = fold(events, self._root)
        if folded is None:
            self._db.execute("INSERT OR REPLACE INTO fragments VALUES (?, ?)", (run, where))
            return None
        if fragment:
            self._db.execute("DELETE FROM fragments WHERE id = ?", (run,))
        row = row_of(folded, where)
        self._db.execute(INSERT, row)
        if before:
            totals.count(before, -1)
        totals.count(row, 1)
        return row

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside."""
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def rows(self, text: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """What this SELECT finds."""
        return self._db.execute(text, tuple(values)).fetchall()

    def column(self, text: str, values: Iterable[Any] = ()) -> list[str]:
        """The first column of what this SELECT finds."""
        return [row[0] for row in self.rows(text, values)]

    def files(self) -> dict[str, Extent]:
        """The journal files that were read, as they were then."""
        return {
            name: Extent(size, changed) for name, size, changed in self.rows("SELECT name, size, changed FROM files")
        }

    def total(self, column: Literal["events", "damaged"]) -> int:
        """A sum over all journal files."""
        text = {
            "events": "SELECT coalesce(sum(events), 0) FROM files",
            "damaged": "SELECT coalesce(sum(damaged), 0) FROM files",
        }
        return int(self.rows(text[column])[0][0])

    def origins(self, recipe: str) -> list[str]:
        """Where a recipe was run: live first, sandbox last."""
        found = self.column("SELECT DISTINCT origin FROM runs WHERE recipe = ?", (recipe,))
        return sorted(found, key=lambda origin: (origin != "live", origin == "sandbox", origin))

    def runs(self, ids: Sequence[str]) -> list[Run]:
        """The runs of these ids, in their order; those that are not known are left out. Raises Stale."""
        text = "SELECT id, lines, take FROM runs WHERE id IN (SELECT value FROM json_each(?))"
        found = {
            name: fold(self.events(name, lines), self._root, take)
            for name, lines, take in self.rows(text, (json.dumps(list(ids)),))
        }
        return [run for name in ids if (run := found.get(name)) is not None]

    def events(self, run: str, where: str) -> Events:
        """The events of a run that lie there. Raises Stale, StoreUnavailable."""
        found = []
        for place in where.split():
            file, offset, length = map(int, place.split(":"))
            name = self._db.execute("SELECT name FROM files WHERE id = ?", (file,)).fetchone()[0]
            event = read_line(self._folder / name, offset, length)
            if event is None or event.get("run") != run:
                raise Stale(run)
            found.append(event)
        return found

    def claims(self, recipe: str, origin: str, asked: str | None) -> list[Claim]:
        """The claims on the takes of this asked seed."""
        rows = self._db.execute(CLAIMS, (recipe, origin, asked) * 2)
        return [Claim(run, _number(seed), _number(sent), claim) for run, seed, sent, claim in rows]

    def _number(self, recipe: str, origin: str, asked: str | None) -> None:
        claims = self.claims(recipe, origin, asked)
        seed = _number(asked)
        own = {claim.run for claim in claims if claim.asked == seed}
        # Ascending: a run that is take 1 beside its own number is named by its own.
        for take, run in sorted(number(claims, seed).items()):
            if run in own:
                self._db.execute("UPDATE runs SET take = ? WHERE id = ? AND take <> ?", (take, run, take))

    def _input(self, event: Mapping[str, Any]) -> None:
        name, digest, at = event.get("name"), event.get("digest"), event.get("at")
        if not (isinstance(name, str) and isinstance(digest, str) and isinstance(at, str)):
            return
        self._db.execute(
            "INSERT INTO inputs VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at=excluded.at, digest=excluded.digest"
            " WHERE (excluded.at, excluded.digest) > (at, digest)",
            (str(event.get("notebook") or ""), name, at, digest),
        )

    def _proven(self, event: Mapping[str, Any]) -> None:
        row = str(event.get("origin") or ""), str(event.get("org_id") or "")
        self._db.execute("INSERT OR IGNORE INTO proven VALUES (?, ?)", row)


class Totals:
    """Changes of the running totals. A sum over all runs would be too slow."""

    def __init__(self) -> None:
        self._changes: dict[tuple[str, str, str], list[Decimal]] = {}

    def count(self, row: Row, sign: int) -> None:
        """Put a run in (1) or take it out (-1)."""
        key = row.origin, row.notebook or "", row.session
        change = self._changes.setdefault(key, [Decimal(0)] * 4)
        amounts = Decimal(1), Decimal(row.cost or 0), Decimal(row.confirmed), Decimal(row.reserved)
        for place, amount in enumerate(amounts):
            change[place] += sign * amount

    def add_to(self, database: sqlite3.Connection) -> None:
        """Write the changes down."""
        columns = "SELECT runs, cost, confirmed, reserved FROM totals WHERE origin=? AND notebook=? AND session=?"
        for key, change in self._changes.items():
            before = database.execute(columns, key).fetchone() or (0, "0", "0", "0")
            runs, *sums = (Decimal(old) + new for old, new in zip(before, change, strict=True))
            values = (*key, int(runs), *map(str, sums))
            database.execute("INSERT OR REPLACE INTO totals VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
