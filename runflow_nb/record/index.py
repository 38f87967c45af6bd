"""Questions about the journal, answered fast. A cache: it is rebuilt from the journal whenever it is in doubt."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Any, Literal, TypeVar

from ..errors import StoreUnavailable
from . import places, snapshot
from .build import Builder, Stale
from .costs import Spent
from .disk import explained
from .filters import Filter, select
from .notebook_file import saved_runs
from .run import Run
from .scan import Extent, journals
from .schema import AMONG, DAY, NANO, is_unpriced, options_text, resolution_of, storable, tags_of
from .takes import number

T = TypeVar("T")
SHORTEST = 4
"""Characters of an id that are enough to look for it."""
WORTH_SAVING = 200
"""Events that take longer to read than an index of them."""
ATTEMPTS = 3
"""Times that an answer is looked for; after the first, the index is built anew."""


class Index:
    """Answers from memory, brought up to date with the journal before each answer. Any thread.

    Every question raises StoreUnavailable where the journal cannot be read: what failed never looks like nothing.
    """

    def __init__(self, root: Path) -> None:
        self.path = root / places.INDEX
        self._root = root
        self._folder = root / places.JOURNAL
        self._lock = threading.RLock()
        self._database: sqlite3.Connection | None = None
        self._seen: dict[str, Extent] = {}
        self._unsaved = 0

    def refresh(self) -> None:
        """Take in what was appended since, by whichever process."""
        self._ask(lambda _: None)

    def run(self, run: str) -> Run | None:
        """The run of this id."""
        return next(iter(self.runs([run])), None)

    def runs(self, ids: Sequence[str]) -> list[Run]:
        """The runs of these ids, in their order; those that are not on record are left out."""
        return self._ask(lambda builder: builder.runs(ids))

    def events(self, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """Run -> all that was written about it, in no order; those that are not on record are left out."""
        return self._ask(lambda builder: builder.events(ids))

    def find(self, text: str, limit: int = 5) -> list[Run]:
        """The runs that a person may mean, newest first: by our id, by its end (4 characters or more, in any case), or
        by Runflow's run id."""
        name = text.strip()
        if len(name) < SHORTEST:
            return []
        ours = "SELECT id FROM runs WHERE substr(id, ?) = ? ORDER BY id DESC LIMIT ?"
        theirs = "SELECT id FROM runs WHERE run_id = ? ORDER BY id DESC LIMIT ?"

        def question(builder: Builder) -> list[Run]:
            # Theirs has no index: it is looked for seldom, and would make each rebuild longer.
            found = builder.column(ours, (-len(name), name.upper(), limit))
            return builder.runs(found or builder.column(theirs, (name, limit)))

        return self._ask(question)

    def last_id(self) -> str:
        """The id of the newest run; "" where there is none."""
        return self._ask(lambda builder: builder.rows("SELECT max(id) FROM runs")[0][0] or "")

    def slots(self, origin: str | None, recipe: str, asked: int | None) -> dict[int, Run]:
        """Take -> the run that holds it, for a recipe and an asked seed (None: none asked).

        `origin` None is for readers: of several origins, one that has pictures, live first and sandbox last.
        """
        seed = None if asked is None else str(asked)

        def question(builder: Builder) -> dict[int, Run]:
            found: dict[int, Run] = {}
            for place in [origin] if origin is not None else builder.origins(recipe):
                held = number(builder.claims(recipe, place, seed), asked)
                runs = {run.id: run for run in builder.runs(list(held.values()))}
                for take, name in sorted(held.items()):
                    if take not in found or (runs[name].delivered and not found[take].delivered):
                        found[take] = runs[name]
            return found

        return self._ask(question)

    def open_runs(self, origin: str | None = None) -> list[Run]:
        """The runs that are on their way, oldest first."""
        text = "SELECT id FROM runs WHERE open AND (?1 IS NULL OR origin = ?1) ORDER BY id"
        return self._ask(lambda builder: builder.runs(builder.column(text, [origin])))

    def has_model(self, model: str) -> bool:
        """Whether a run of this model is on record."""
        text = "SELECT id FROM runs WHERE model = ? LIMIT 1"
        return bool(self._ask(lambda builder: builder.column(text, [storable(model)])))

    def unpriced(self, origin: str) -> list[Run]:
        """The runs of this origin that ended and of which nobody said what they cost, oldest first."""
        text = (
            "SELECT id FROM runs WHERE origin = ? AND cost IS NULL AND NOT open AND run_id IS NOT NULL"
            " AND status NOT IN ('unknown', 'void', 'failed') ORDER BY id"
        )
        return [
            run for run in self._ask(lambda builder: builder.runs(builder.column(text, [origin]))) if is_unpriced(run)
        ]

    def of_notebook(self, notebook: str | PurePath) -> Filter:
        """The runs of a notebook: that name it, that its saved records hold (a copy has them too), and those of a name
        that these hold and whose file is gone (it was renamed). Reads its file where that was saved since."""
        name = places.notebook_name(self._root, notebook) or ""
        saved = saved_runs(places.notebook_path(self._root, name))
        text = f"SELECT id, notebook FROM runs WHERE id {AMONG} AND notebook IS NOT ?"  # noqa: S608
        values = json.dumps(sorted(saved)), name
        others = self._ask(lambda builder: builder.rows(text, values)) if saved else []
        named = {other for _, other in others if other is not None}
        gone = {other for other in named if not places.notebook_path(self._root, other).exists()}
        copied = sorted(run for run, other in others if other not in gone)
        return Filter(notebook=name, formerly=tuple(sorted(gone)), copied=tuple(copied))

    def query(self, *filters: Filter, limit: int | None = None, offset: int = 0) -> list[Run]:
        """The runs for which all filters hold, newest first."""
        text, values = _newest(filters, limit, offset)
        return self._ask(lambda builder: builder.runs(builder.column(text, values)))

    def ids(self, filters: Sequence[Filter] = (), *, limit: int | None = None) -> list[str]:
        """The ids of the runs for which all filters hold, newest first."""
        text, values = _newest(filters, limit)
        return self._ask(lambda builder: builder.column(text, values))

    def count(self, filters: Sequence[Filter] = ()) -> int:
        """How many runs there are for which all filters hold."""
        question = select("count(*)", "runs", filters)
        return self._ask(lambda builder: int(builder.rows(*question)[0][0]))

    def values(self, column: Literal["model", "origin"], filters: Sequence[Filter] = ()) -> list[str]:
        """What occurs in this column among the runs for which all filters hold."""
        question = select(f"DISTINCT {column}", "runs", filters)
        return self._ask(lambda builder: builder.column(*question))

    def tags(self, filters: Sequence[Filter] = ()) -> list[str]:
        """The tags of the runs for which all filters hold, those that most runs have first."""
        question = select("tags, count(*)", "runs", filters, "GROUP BY tags")
        counts: dict[str, int] = {}
        for text, count in self._ask(lambda builder: builder.rows(*question)):
            for tag in tags_of(text):
                counts[tag] = counts.get(tag, 0) + count
        return sorted(counts, key=lambda tag: (-counts[tag], tag))

    def costs(self, notebook: str | PurePath | None = None) -> dict[str, Decimal]:
        """Origin -> what the API said that its runs cost, in USD: of one notebook, or of all."""
        return self.costs_of([] if notebook is None else [self.of_notebook(notebook)])

    def costs_of(self, filters: Sequence[Filter]) -> dict[str, Decimal]:
        """Origin -> what the API said that these runs cost, in USD."""
        return {origin: cost for origin, (_, cost) in self.sums(filters).items() if cost is not None}

    def sums(self, filters: Sequence[Filter]) -> dict[str, tuple[int, Decimal | None]]:
        """Origin -> (how many of these runs there are, what the API said that they cost, None for nothing)."""
        found: dict[str, tuple[int, Decimal | None]] = {}
        table = _money_table(filters)
        # Few prices occur, many times each: added up one by one, those of 100,000 runs would take ten times as long.
        runs, rest = ("runs", "") if table == "totals" else ("count(*)", "GROUP BY origin, cost")
        question = select(f"origin, cost, {runs}", table, filters, rest)
        for origin, amount, count in self._ask(lambda builder: builder.rows(*question)):
            before, cost = found.get(origin, (0, None))
            if amount is not None:
                cost = (cost or Decimal(0)) + Decimal(amount) * (1 if table == "totals" else count)
            found[origin] = before + count, cost
        return found

    def spending(self, filters: Sequence[Filter] = ()) -> Iterator[Spent]:
        """What these runs cost, by origin, model and day: one line for each that occurs, in no order."""
        table = _money_table(filters)
        day, runs, rest = "day", "runs", ""
        if table == "runs":
            day, runs, rest = f"created / {DAY}", "count(*)", "GROUP BY 1, 2, 3, 5, 6, 7, 8"
        columns = f"origin, model, {day}, {runs}, estimated, cost, reserved, confirmed"
        question = select(columns, table, filters, rest)
        for origin, model, on, count, *money in self._ask(lambda builder: builder.rows(*question)):
            # Of single runs those that cost the same come as one.
            times = count if table == "runs" else 1
            estimated, cost, held, due = (Decimal(amount or 0) * times for amount in money)
            yield Spent(origin, model, date(1970, 1, 1) + timedelta(days=on), count, estimated, cost, held, due + held)

    def committed(
        self,
        origin: str,
        *,
        session: str | None = None,
        notebook: str | PurePath | None = None,
        since: datetime | None = None,
    ) -> tuple[Decimal, Decimal]:
        """(confirmed, reserved) in USD: what is spent, and what is held for runs that are open or unknown."""
        name = places.notebook_name(self._root, notebook)
        narrowed = [Filter(origin=origin, session=session, notebook=name, since=since)]
        question = select("confirmed, reserved", _money_table(narrowed), narrowed)
        rows = self._ask(lambda builder: builder.rows(*question))
        nothing = Decimal(0)
        return sum((Decimal(row[0]) for row in rows), nothing), sum((Decimal(row[1]) for row in rows), nothing)

    def durations(
        self, model: str, resolution: str | None = None, *, origin: str | None = None, limit: int = 20
    ) -> list[float]:
        """Seconds that such runs took, newest first; `resolution` None is the model's own."""
        text = "SELECT duration FROM runs WHERE model = ? AND resolution = ? AND duration IS NOT NULL"
        values: list[Any] = [model, resolution_of(model, resolution)]
        if origin is not None:
            text, values = text + " AND origin = ?", [*values, origin]
        return self._ask(
            lambda builder: [row[0] for row in builder.rows(text + " ORDER BY id DESC LIMIT ?", [*values, limit])]
        )

    def observed_price(
        self,
        model: str,
        resolution: str | None = None,
        given: Mapping[str, Any] | None = None,
        *,
        origin: str | None = None,
    ) -> Decimal | None:
        """The highest cost in USD of one requested picture that the API confirmed for this model and resolution.

        With `given`, an input, only runs count whose priced options (web search and the like) are the same.
        """
        options = None if given is None else options_text(model, given)
        text = """SELECT max(each) FROM prices WHERE model = ?1 AND resolution = ?2
            AND (?3 IS NULL OR options = ?3) AND (?4 IS NULL OR origin = ?4)"""
        values = [model, resolution_of(model, resolution), options, origin]
        highest = self._ask(lambda builder: builder.rows(text, values)[0][0])
        return None if highest is None else highest * NANO

    def input_digest(self, notebook: str | PurePath | None, name: str) -> str | None:
        """What a picture's name stood for in this notebook when it was last read."""
        text = "SELECT digest FROM inputs WHERE notebook = ? AND name = ?"
        values = storable(places.notebook_name(self._root, notebook) or ""), storable(name)
        return next(iter(self._ask(lambda builder: builder.column(text, values))), None)

    def inputs(self, notebook: str | None) -> list[tuple[str, str, str]]:
        """(name, moment, digest) of all pictures' names in the notebook that is recorded under this name."""
        text = "SELECT name, at, digest FROM inputs WHERE notebook = ? ORDER BY name"
        return self._ask(lambda builder: builder.rows(text, [storable(notebook or "")]))

    def proven(self, origin: str, org_id: str | None) -> bool:
        """Whether a search there has found an accepted run before."""
        text = "SELECT 1 FROM proven WHERE origin = ? AND organisation = ?"
        return bool(self._ask(lambda builder: builder.rows(text, (origin, org_id or ""))))

    def last_event(self, session: str) -> tuple[datetime, float] | None:
        """When this session last wrote: by its clock, and by the uptime of its machine in seconds."""
        text = "SELECT last, up FROM files WHERE name = ? AND last <> ''"
        found = self._ask(lambda builder: builder.rows(text, (f"{session}.jsonl",)))
        return (datetime.fromisoformat(found[0][0]).astimezone(UTC), found[0][1]) if found else None

    @property
    def damaged_lines(self) -> int:
        """Lines of the journal that cannot be read."""
        return self._ask(lambda builder: builder.total("damaged"))

    def save(self) -> None:
        """Keep what is in memory for the next process; where that cannot be done nothing is lost but time."""
        with self._lock:
            if self._database is not None and self._unsaved:
                with suppress(StoreUnavailable):
                    # What was forgotten since must not be written down once more.
                    self.refresh()
                    self._keep()

    def put_anew(self, names: Sequence[str]) -> None:
        """These journal files were replaced by others in which every line lies where it lay; all need not be read."""
        with self._lock:
            if self._database is not None:
                builder = Builder(self._database, self._root, self._folder)
                with builder.transaction():
                    for name in names:
                        builder.put_anew(name)

    def erase(self) -> None:
        """Take away what was kept for the next process. Raises StoreUnavailable."""
        with self._lock, explained(self.path):
            snapshot.remove(self.path)
            self._unsaved = max(1, self._unsaved)

    def _keep(self) -> None:
        if self._database is not None and snapshot.save(self._database, self.path):
            self._unsaved = 0

    def _ask(self, question: Callable[[Builder], T]) -> T:
        with self._lock:
            for _ in range(ATTEMPTS):
                try:
                    return question(self._current())
                except (sqlite3.DatabaseError, Stale):
                    self._forget()
            raise StoreUnavailable(str(self._folder), "its files change while they are read")

    def _current(self) -> Builder:
        """The index, brought up to date."""
        if self._database is None:
            self._database = snapshot.load(self.path) or snapshot.empty()
            self._seen = Builder(self._database, self._root, self._folder).files()
        builder = Builder(self._database, self._root, self._folder)
        now = journals(self._folder)
        if now != self._seen:
            self._absorb(builder, now)
        return builder

    def _absorb(self, builder: Builder, now: Mapping[str, Extent]) -> None:
        if any(name not in now or now[name].size < known.size for name, known in self._seen.items()):
            raise Stale("a journal file is gone or was cut")
        with builder.transaction():
            news = {name: now[name] for name in sorted(now) if now[name] != self._seen.get(name)}
            self._unsaved += builder.absorb(news)
        self._seen = dict(now)
        if self._unsaved >= max(WORTH_SAVING, builder.total("events") // 20):
            self._keep()

    def _forget(self) -> None:
        """Begin anew, from the journal alone."""
        if self._database is not None:
            self._database.close()
        self._database, self._seen, self._unsaved = snapshot.empty(), {}, 1


def _newest(filters: Sequence[Filter], limit: int | None, offset: int = 0) -> tuple[str, list[Any]]:
    text, values = select("id", "runs", filters, "ORDER BY id DESC LIMIT ? OFFSET ?")
    return text, [*values, -1 if limit is None else limit, offset]


def _money_table(filters: Sequence[Filter]) -> str:
    return "totals" if all(each.of_totals for each in filters) else "runs"
