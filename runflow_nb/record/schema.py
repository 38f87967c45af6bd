"""The index's tables, and what a run is in them. A run's events are not copied: the index knows where they lie."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from ..models.catalog import CATALOG
from .run import Run

SCHEMA = 14
"""Raised with every change of the tables or of what is put into them; an index of another number is built anew."""
APPLICATION = 0x52464E42
NANO = Decimal("1e-9")
TABLES = """
CREATE TABLE files (
    id INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER, changed INTEGER, offset INTEGER, tail BLOB,
    damaged INTEGER, events INTEGER, last TEXT, up REAL);
CREATE TABLE runs (
    id TEXT PRIMARY KEY, lines TEXT, run_id TEXT COLLATE NOCASE, origin TEXT, model TEXT, resolution TEXT,
    options TEXT, recipe TEXT,
    asked TEXT, sent TEXT, claim INTEGER, moved INTEGER, take INTEGER, holds INTEGER, open INTEGER, status TEXT,
    notebook TEXT, session TEXT, created INTEGER, estimated TEXT, cost TEXT, confirmed TEXT, reserved TEXT,
    each INTEGER, duration REAL,
    tags TEXT, text TEXT, stars INTEGER, studio TEXT);
CREATE INDEX runs_by_asked ON runs (recipe, origin, asked);
CREATE INDEX runs_by_sent ON runs (recipe, origin, sent);
CREATE INDEX runs_by_notebook ON runs (notebook, id);
CREATE INDEX runs_by_studio ON runs (studio, id) WHERE studio IS NOT NULL;
CREATE INDEX runs_by_time ON runs (created);
CREATE INDEX runs_open ON runs (id) WHERE open;
CREATE INDEX runs_timed ON runs (model, resolution, id) WHERE duration IS NOT NULL;
CREATE TABLE fragments (id TEXT PRIMARY KEY, lines TEXT);
CREATE TABLE totals (
    origin TEXT, notebook TEXT, session TEXT, model TEXT, day INTEGER,
    runs INTEGER, estimated TEXT, cost TEXT, confirmed TEXT, reserved TEXT,
    PRIMARY KEY (origin, notebook, session, model, day)) WITHOUT ROWID;
CREATE TABLE prices (
    model TEXT, resolution TEXT, options TEXT, origin TEXT, each INTEGER,
    PRIMARY KEY (model, resolution, options, origin)) WITHOUT ROWID;
CREATE TABLE inputs (notebook TEXT, name TEXT, at TEXT, digest TEXT, PRIMARY KEY (notebook, name)) WITHOUT ROWID;
CREATE TABLE proven (origin TEXT, organisation TEXT, PRIMARY KEY (origin, organisation)) WITHOUT ROWID;
"""
INSERT = "INSERT OR REPLACE INTO runs VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
DEARER = """INSERT INTO prices VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET each = max(each, excluded.each)"""
DAY = 86_400_000
"""Milliseconds."""


AMONG = "IN (SELECT value FROM json_each(?))"


class Row(NamedTuple):
    """A run in the table `runs`, in the order of its columns. Money as text, for SQLite has no decimals."""

    id: str
    lines: str
    """Where its events lie: `file:offset:length`, joined by blanks."""
    run_id: str | None
    origin: str
    model: str
    resolution: str
    options: str
    recipe: str
    asked: str | None
    """As text: a seed may be larger than SQLite's numbers."""
    sent: str | None
    claim: int
    moved: int
    """Milliseconds since 1970 when it was brought in behind others; 0: never."""
    take: int
    holds: int
    open: int
    status: str
    notebook: str | None
    session: str
    created: int
    """Milliseconds since 1970."""
    estimated: str
    cost: str | None
    confirmed: str
    reserved: str
    each: int | None
    """What one of the requested pictures cost, in 1e-9 USD, rounded up: it bounds, it is not added."""
    duration: float | None
    tags: str
    """Between newlines."""
    text: str
    """What a search looks through, case folded."""
    stars: int | None
    studio: str | None


def row_of(run: Run, lines: str) -> Row:
    """What the index keeps of a run."""
    confirmed, reserved = commitments(run)
    # What anybody can write into a notebook or a pack bounds no price, and tells no schedule how long to wait.
    own = run.delivered and not run.second_hand
    return Row(
        id=storable(run.id),
        lines=lines,
        run_id=None if run.run_id is None else storable(run.run_id),
        origin=storable(run.origin),
        model=storable(run.model),
        resolution=storable(resolution_of(run.model, run.input.get("resolution"))),
        options=storable(options_text(run.model, run.input)),
        recipe=storable(run.recipe),
        asked=_seed(run.seeds.asked),
        sent=_seed(run.seeds.sent),
        claim=run.take,
        moved=0 if run.moved_at is None else max(0, int(run.moved_at.timestamp() * 1000)),
        take=run.take,
        holds=int(run.holds_slot),
        open=int(run.open),
        status=storable(run.status),
        notebook=None if run.notebook is None else storable(run.notebook),
        session=storable(run.session),
        created=int(run.created_at.timestamp() * 1000),
        estimated=str(expected(run, confirmed)),
        cost=None if run.cost is None else str(run.cost),
        confirmed=str(confirmed),
        reserved=str(reserved),
        each=math.ceil(run.cost / shared_by(run) / NANO) if run.cost and own else None,
        duration=run.duration if own else None,
        tags=storable(tag_text(run.tags)),
        text=storable(searchable(f"{run.prompt}\n{run.prompt_template or ''}")),
        stars=run.stars,
        studio=None if run.studio is None else storable(run.studio),
    )


def commitments(run: Run) -> tuple[Decimal, Decimal]:
    """(confirmed, reserved) in USD, as a budget counts this run.

    Where the API did not say what an ended run cost, what was held for it counts; failed runs cost nothing. So does,
    here, a run of which only a saved notebook or a pack tells: whoever bought it, its sum was counted there, and
    anybody can write either.
    """
    nothing = Decimal(0)
    if run.second_hand:
        return nothing, nothing
    held = run.reserved if run.reserved is not None else run.estimate.amount or nothing
    match run.phase:
        case "intent" | "accepted" | "unknown":
            return nothing, held
        case "ended":
            free = run.status == "failed"
            return (run.cost if run.cost is not None else nothing if free else held), nothing
        case "settled":
            return (held if run.status == "unknown" else nothing), nothing
        case "void":
            return nothing, nothing


def is_unpriced(run: Run) -> bool:
    """Whether it is over and may be billed, and the API did not say what it cost: it counts for what was held for it,
    which is nothing where nobody knew a price."""
    over = run.phase == "ended" and run.cost is None and run.status != "failed" and not run.second_hand
    return over and (run.estimate.amount is None or commitments(run)[0] > 0)


def shared_by(run: Run) -> int:
    """How many pictures share what a run cost. What the fields of other models mean for their price nobody knows: there
    it is the price of a request."""
    return max(1, run.price.images) if run.model in CATALOG else 1


def expected(run: Run, confirmed: Decimal) -> Decimal:
    """What the run was expected to cost, in USD; nothing where it is over and free."""
    due = run.open or run.delivered or run.phase == "unknown" or confirmed
    return (run.estimate.amount or Decimal(0)) if due else Decimal(0)


def resolution_of(model: str, given: object) -> str:
    """The tier asked for, or the model's own where none was."""
    if given:
        return str(given)
    spec = CATALOG.get(model)
    return spec.listed_price.default_tier if spec else ""


def options_text(model: str, given: Mapping[str, object]) -> str:
    """The options that a price depends on beside model and resolution: `enable_web_search=True`."""
    spec = CATALOG.get(model)
    names = [field.name for field in spec.fields if field.surcharges] if spec else []
    charged = [f"{name}={given[name]}" for name in names if given.get(name) not in (None, False)]
    if given.get("limit_generations") is False:
        charged.append("limit_generations=False")
    return ",".join(sorted(charged))


def tag_text(tags: tuple[str, ...]) -> str:
    """Tags so that one can be found with its newlines around it."""
    return "\n" + "".join(f"{tag}\n" for tag in tags)


def tags_of(text: str) -> list[str]:
    """The tags that `tag_text` has put together."""
    return [tag for tag in text.split("\n") if tag]


def searchable(text: str) -> str:
    """Text without regard to case."""
    return text.casefold()


def _seed(seed: int | None) -> str | None:
    return None if seed is None else str(seed)


def storable(text: str) -> str:
    """SQLite takes no half of a surrogate pair, which names of files may hold; what differs stays different."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
