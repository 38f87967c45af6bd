"""The index's tables, written from the journal and read."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from .fold import SOURCE, fold
from .run import Run
from .scan import Extent, Line, lines, lines_at, tail
from .schema import AMONG, DAY, DEARER, INSERT, Row, row_of, storable
from .takes import Claim, number

CLAIMS = """
SELECT id, asked, sent, claim, moved FROM runs WHERE recipe = ? AND origin = ? AND asked IS ? AND holds
UNION SELECT id, asked, sent, claim, moved FROM runs WHERE recipe = ? AND origin = ? AND sent = ? AND holds
"""
Events = list[dict[str, Any]]
Group = tuple[str, str, str | None]
"""Recipe, origin and asked seed: what takes are counted in."""


class Stale(Exception):
    """The index speaks of lines that are not where it says."""


class Builder:
    """One index and the journal it is of. Not for several threads at once."""

    def __init__(self, database: sqlite3.Connection, root: Path, folder: Path) -> None:
        self._db = database
        self._root = root
        self._folder = folder

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
        return sum(row[column == "damaged"] for row in self.rows("SELECT events, damaged FROM files"))

    def origins(self, recipe: str) -> list[str]:
        """Where a recipe was run: live first, sandbox last."""
        found = self.column("SELECT DISTINCT origin FROM runs WHERE recipe = ?", (recipe,))
        return sorted(found, key=lambda origin: (origin != "live", origin == "sandbox", origin))

    def claims(self, recipe: str, origin: str, asked: str | None) -> list[Claim]:
        """The claims on the takes of this asked seed."""
        rows = self.rows(CLAIMS, (recipe, origin, asked) * 2)
        return [Claim(run, _seed(own), _seed(sent), claim, moved) for run, own, sent, claim, moved in rows]

    def runs(self, ids: Sequence[str]) -> list[Run]:
        """The runs of these ids, in their order; those that are not known are left out. Raises Stale."""
        rows = self.rows(f"SELECT id, lines, take FROM runs WHERE id {AMONG}", [json.dumps(list(ids))])  # noqa: S608
        told = self._events({run: where for run, where, _ in rows})
        found = {run: fold(told[run], self._root, take) for run, _, take in rows}
        return [run for name in ids if (run := found.get(name)) is not None]

    def events(self, ids: Sequence[str]) -> dict[str, Events]:
        """Run -> all that was written about it, in no order; those that are not known are left out. Raises Stale."""
        rows = self.rows(f"SELECT id, lines FROM runs WHERE id {AMONG}", [json.dumps(list(ids))])  # noqa: S608
        return self._events(dict(rows))

    def absorb(self, news: Mapping[str, Extent]) -> int:
        """Read what is new in these journal files; how many events there were.

        Raises Stale where a file is not the one that was read before, and StoreUnavailable.
        """
        groups: set[Group] = set()
        count = sum(self._read(name, extent, groups) for name, extent in news.items())
        for group in groups:
            self._number(*group)
        return count

    def _read(self, name: str, extent: Extent, groups: set[Group]) -> int:
        path = self._folder / name
        self._db.execute("INSERT OR IGNORE INTO files VALUES (NULL, ?, 0, 0, 0, ?, 0, 0, '', 0)", (name, tail(path, 0)))
        columns = "SELECT id, offset, tail, damaged, events, last, up FROM files WHERE name = ?"
        file, offset, known, damaged, before, last, up = self.rows(columns, [name])[0]
        if tail(path, offset) != known:
            raise Stale(name)
        count = 0
        for reached, found in lines(path, offset):
            offset = reached
            events = [line.event for line in found if line.event is not None]
            damaged += len(found) - len(events)
            count += len(events)
            last = max([last, *(storable(at) for event in events if isinstance(at := event.get("at"), str))])
            up = max([up, *(shown for event in events if isinstance(shown := event.get("up"), float))])
            self._take_in(file, found, groups)
        self._db.execute(
            "UPDATE files SET size=?, changed=?, offset=?, tail=?, damaged=?, events=?, last=?, up=? WHERE id=?",
            (extent.size, extent.changed, offset, tail(path, offset), damaged, before + count, last, up, file),
        )
        return count

    def put_anew(self, name: str) -> None:
        """This journal file was replaced by one in which every line lies where it lay."""
        for offset in self.rows("SELECT offset FROM files WHERE name = ?", [name]):
            self._db.execute("UPDATE files SET tail = ? WHERE name = ?", (tail(self._folder / name, *offset), name))

    def _take_in(self, file: int, found: Iterable[Line], groups: set[Group]) -> None:
        told: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        for offset, length, event in found:
            if event is None:
                continue
            run = event.get("run")
            if event["event"] == "input":
                self._input(event)
            elif event["event"] == "proven":
                if SOURCE not in event:
                    self._proven(event)
            elif isinstance(run, str) and run and storable(run) == run:
                told[run].append((f"{file}:{offset}:{length}", event))
                if event["event"] == "forgotten" and SOURCE not in event:
                    self._forget_inputs(event)
        if told:
            self._put(told, groups)

    def _put(self, told: Mapping[str, Sequence[tuple[str, dict[str, Any]]]], groups: set[Group]) -> None:
        """Fold these runs with what is new about them; those whose intent is missing wait as fragments."""
        names = [json.dumps(list(told))]
        known = {row[0]: Row(*row) for row in self.rows(f"SELECT * FROM runs WHERE id {AMONG}", names)}  # noqa: S608
        fragments: dict[str, str] = dict(self._db.execute(f"SELECT id, lines FROM fragments WHERE id {AMONG}", names))  # noqa: S608
        former = self._events(fragments | {run: row.lines for run, row in known.items()})
        totals, rows, prices = Totals(), list[Row](), dict[tuple[str, str, str, str], int]()
        for run, new in told.items():
            old = known[run].lines if run in known else fragments.get(run, "")
            where = " ".join([*old.split(), *(place for place, _ in new)])
            folded = fold([*former.get(run, ()), *(event for _, event in new)], self._root, pictures=False)
            if folded is None:
                self._db.execute("INSERT OR REPLACE INTO fragments VALUES (?, ?)", (run, where))
                continue
            row = row_of(folded, where)
            rows.append(row)
            if run in known:
                totals.count(known[run], -1)
            totals.count(row, 1)
            groups |= {(row.recipe, row.origin, row.asked), (row.recipe, row.origin, row.sent)}
            if run in fragments:
                self._db.execute("DELETE FROM fragments WHERE id = ?", (run,))
            if row.each is not None:
                kind = row.model, row.resolution, row.options, row.origin
                prices[kind] = max(row.each, prices.get(kind, 0))
        self._db.executemany(INSERT, rows)
        self._db.executemany(DEARER, [(*kind, each) for kind, each in prices.items()])
        totals.add_to(self._db)

    def _events(self, places: Mapping[str, str]) -> dict[str, Events]:
        """Run -> its events, read from the journal. Raises Stale, StoreUnavailable."""
        files: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
        for run, where in places.items():
            for place in where.split():
                file, offset, length = map(int, place.split(":"))
                files[file].append((offset, length, run))
        told: dict[str, Events] = {run: [] for run in places}
        for file, wanted in files.items():
            wanted.sort()
            name = self.column("SELECT name FROM files WHERE id = ?", [file])[0]
            found = lines_at(self._folder / name, [(offset, length) for offset, length, _ in wanted])
            for event, (_, _, run) in zip(found, wanted, strict=True):
                if event is None or event.get("run") != run:
                    raise Stale(run)
                told[run].append(event)
        return told

    def _number(self, recipe: str, origin: str, asked: str | None) -> None:
        own = self.rows(
            "SELECT 1 FROM runs WHERE recipe=? AND origin=? AND asked IS ? LIMIT 1", (recipe, origin, asked)
        )
        if not own:
            return
        seed = _seed(asked)
        claims = self.claims(recipe, origin, asked)
        group = {claim.run for claim in claims if claim.asked == seed}
        # Ascending: a run that is take 1 beside a number of its own goes by its own.
        for take, run in sorted(number(claims, seed).items()):
            if run in group:
                self._db.execute("UPDATE runs SET take = ? WHERE id = ? AND take <> ?", (take, run, take))

    def _input(self, event: Mapping[str, Any]) -> None:
        name, digest, at = event.get("name"), event.get("digest"), event.get("at")
        if not (isinstance(name, str) and isinstance(digest, str) and isinstance(at, str)):
            return
        self._db.execute(
            "INSERT INTO inputs VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at=excluded.at, digest=excluded.digest"
            " WHERE (excluded.at, excluded.digest) > (at, digest)",
            tuple(map(storable, (str(event.get("notebook") or ""), name, at, digest))),
        )

    def _forget_inputs(self, event: Mapping[str, Any]) -> None:
        named = event.get("inputs")
        digests = json.dumps([text for text in named if isinstance(text, str)] if isinstance(named, list) else [])
        at = storable(str(event.get("at")))
        self._db.execute(f"DELETE FROM inputs WHERE digest {AMONG} AND at <= ?", (digests, at))  # noqa: S608

    def _proven(self, event: Mapping[str, Any]) -> None:
        row = storable(str(event.get("origin") or "")), storable(str(event.get("org_id") or ""))
        self._db.execute("INSERT OR IGNORE INTO proven VALUES (?, ?)", row)


class Totals:
    """Changes of the running totals. A sum over all runs would be too slow."""

    def __init__(self) -> None:
        self._changes: dict[tuple[str, str, str, str, int], list[Decimal]] = {}

    def count(self, row: Row, sign: int) -> None:
        """Put a run in (1) or take it out (-1)."""
        key = row.origin, row.notebook or "", row.session, row.model, row.created // DAY
        change = self._changes.setdefault(key, [Decimal(0)] * 5)
        for place, amount in enumerate((1, row.estimated, row.cost or 0, row.confirmed, row.reserved)):
            change[place] += sign * Decimal(amount)

    def add_to(self, database: sqlite3.Connection) -> None:
        """Write the changes down."""
        columns = """SELECT runs, estimated, cost, confirmed, reserved FROM totals
            WHERE origin = ? AND notebook = ? AND session = ? AND model = ? AND day = ?"""
        for key, change in self._changes.items():
            before = database.execute(columns, key).fetchone() or (0, "0", "0", "0", "0")
            runs, *sums = (Decimal(old) + new for old, new in zip(before, change, strict=True))
            values = (*key, int(runs), *map(str, sums))
            database.execute("INSERT OR REPLACE INTO totals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def _seed(text: str | None) -> int | None:
    return None if text is None else int(text)
