"""What a history is narrowed to, and the same as SQL over the index. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ..models.nearest import nearest
from ..money import parse_usd
from .run import MOST_STARS
from .schema import AMONG, DAY, searchable

Moment = datetime | date | str
"""A datetime without zone is UTC, as everything that is shown; text is ISO 8601, a day or a moment."""
STATUSES = ("queued", "succeeded", "partial_succeeded", "failed", "canceled", "unknown", "void")
"""All that a run's status can be."""
NO_DATE = "is no date: write 2026-01-31, or 2026-01-31T14:00"


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that all have to hold; None is no condition."""

    text: str | None = None
    """Part of the prompt or its template, whatever the case."""
    model: str | None = None
    """A full id, or, without a slash, part of one."""
    seed: int | None = None
    """The seed sent."""
    tag: str | None = None
    status: str | None = None
    since: Moment | None = None
    until: Moment | None = None
    """Included; a day as a whole."""
    origin: str | None = None
    notebook: str | None = None
    """As it is recorded."""
    session: str | None = None
    formerly: tuple[str, ...] = ()
    """Names that the notebook had before: runs that name one of them are its own too."""
    copied: tuple[str, ...] = ()
    """Ids of other notebooks' runs that its saved records hold."""
    stars: int | None = None
    """So many or more."""
    min_cost: Decimal | None = None
    """USD, included; what it cost as the API said."""
    max_cost: Decimal | None = None
    """USD, included."""
    studio: str | None = None
    """The name of the form in which it was made."""

    @property
    def of_totals(self) -> bool:
        """Whether running totals can answer it."""
        fine = (self.text, self.seed, self.tag, self.status, self.stars, self.min_cost, self.max_cost, self.studio)
        whole = (self.since is None or _milliseconds(self.since) % DAY == 0) and (
            self.until is None or (_milliseconds(self.until, end=True) + 1) % DAY == 0
        )
        return whole and not self.copied and all(condition is None for condition in fine)

    def clauses(self, table: str = "runs") -> list[tuple[str, tuple[Any, ...]]]:
        """SQL conditions on this table, each with its values."""
        moment = f"day * {DAY}" if table == "totals" else "created"
        found: list[tuple[str, Any]] = []
        if self.text is not None:
            found.append(("instr(text, ?)", searchable(self.text)))
        if self.model is not None:
            found.append(("model = ?" if "/" in self.model else "instr(model, ?)", self.model))
        if self.seed is not None:
            found.append(("sent = ?", str(self.seed)))
        if self.tag is not None:
            found.append(("instr(tags, ?)", f"\n{self.tag}\n"))
        if self.since is not None:
            found.append((f"{moment} >= ?", _milliseconds(self.since)))
        if self.until is not None:
            found.append((f"{moment} <= ?", _milliseconds(self.until, end=True)))
        if self.stars is not None:
            found.append(("stars >= ?", self.stars))
        for limit, sign in ((self.min_cost, ">="), (self.max_cost, "<=")):
            if limit is not None:
                # Both sides are text read by the same rule, so that an equal amount is equal.
                found.append((f"CAST(cost AS REAL) {sign} CAST(? AS REAL)", str(limit)))
        for column in ("status", "origin", "session", "studio"):
            value = getattr(self, column)
            if value is not None:
                found.append((f"{column} = ?", value))
        return [*((text, (value,)) for text, value in found), *self._of_notebook()]

    def _of_notebook(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        if self.notebook is None:
            return
        names = json.dumps([self.notebook, *self.formerly])
        if self.copied:
            yield f"(notebook {AMONG} OR id {AMONG})", (names, json.dumps(self.copied))
        elif self.formerly:
            yield f"notebook {AMONG}", (names,)
        else:
            yield "notebook = ?", (self.notebook,)


def select(columns: str, table: str, filters: Sequence[Filter], rest: str = "") -> tuple[str, list[Any]]:
    """A SELECT for what all these filters let through, and its values."""
    clauses = [clause for each in filters for clause in each.clauses(table)]
    condition = " AND ".join(text for text, _ in clauses) or "1"
    given = [value for _, values in clauses for value in values]
    # Only this package's own words are in the text; whatever people give is among the values.
    return f"SELECT {columns} FROM {table} WHERE {condition} {rest}", given  # noqa: S608


def check_status(status: str | None) -> None:
    """Raises ValueError for one that no run can have: such a condition would find nothing, and look like an answer."""
    if status is None or status in STATUSES:
        return
    meant = nearest(status, STATUSES)
    advice = f"; did you mean {meant}?" if meant else f": {', '.join(STATUSES)}"
    raise ValueError(f"{status!r} is no status of a run{advice}")


def check_stars(stars: int | None) -> None:
    """Raises ValueError for a number that no run can have."""
    if stars is not None and (isinstance(stars, bool) or stars not in range(1, MOST_STARS + 1)):
        raise ValueError(f"{stars!r} is no number of stars: 1 to {MOST_STARS}")


def amount(given: object) -> Decimal | None:
    """An amount in USD that was given somehow. Raises ValueError."""
    if given is None:
        return None
    read = parse_usd(given)
    if read is None:
        raise ValueError(f"{given!r} is no amount in USD: write 0.50")
    return read


def _milliseconds(moment: Moment, *, end: bool = False) -> int:
    """Since 1970; of a day its first, or with `end` its last. Raises ValueError."""
    if isinstance(moment, str):
        moment = _read(moment)
    if not isinstance(moment, datetime):
        begin = datetime.combine(moment, time.min, UTC)
        return _whole(begin + timedelta(days=1)) - 1 if end else _whole(begin)
    return _whole(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _read(text: str) -> datetime | date:
    try:
        return date.fromisoformat(text) if len(text.strip()) <= len("2026-01-31") else datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} {NO_DATE}") from None


def _whole(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
