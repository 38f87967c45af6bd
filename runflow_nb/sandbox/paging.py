"""Pages of any listing: filtered, sorted, cut so that they stay put while new entries come in. Pure."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from .query import BadQuery, Predicate, Syntax, read_query, typed
from .refusal import invalid_query

MAXIMUM_LIMIT = 500

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is listed, and how where the query does not say."""

    noun: str
    """What one entry is called."""
    fields: tuple[str, ...]
    plain: frozenset[str]
    """Fields that can be filtered and sorted by."""
    sort: str
    limit: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page."""

    items: list[Record]
    """Whole records; what is shown of them are the fields `names`."""
    names: list[str]
    next_pq: str | None
    prev_pq: str | None

    def json(self) -> Record:
        """The page as it is answered."""
        shown = [{name: record[name] for name in self.names if name in record} for record in self.items]
        return {"items": shown, "next_pq": self.next_pq, "prev_pq": self.prev_pq}


@dataclass(frozen=True, slots=True)
class Order:
    """What to sort by: (field, whether descending), the id last, so that no two entries are equal."""

    keys: tuple[tuple[str, bool], ...]

    def compare(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
        """Below 0 where the first record comes first. Null comes last in either direction."""
        for name, descending in self.keys:
            a, b = one[name], other[name]
            if a == b:
                continue
            if a is None or b is None:
                return 1 if a is None else -1
            smaller = typed(name, a) < typed(name, b)
            return 1 if smaller == descending else -1
        return 0


def page_of(records: Sequence[Record], query: Mapping[str, str], shelf: Shelf, syntax: Syntax = "both") -> Page:
    """The page that the query asks for. Raises Refusal 422 naming the parameter that is wrong."""
    order = _order(query.get("sort_by") or shelf.sort, shelf)
    wanted = _filter(query.get("q"), shelf, syntax)
    names = _fields(query.get("fields"), shelf)
    limit = _limit(query.get("limit"), shelf)
    kept = sorted(filter(wanted, records), key=cmp_to_key(order.compare))
    start, end = 0, limit
    if query.get("pq"):
        edge = _edge(query["pq"], shelf, records)
        before = [order.compare(record, edge) for record in kept]
        if query.get("from_prev", "").lower() in ("true", "1"):
            end = sum(1 for each in before if each < 0)
            start = max(0, end - limit)
        else:
            start = sum(1 for each in before if each <= 0)
            end = start + limit
    page = kept[start:end]
    return Page(
        page,
        names,
        next_pq=_cursor(shelf, page[-1]) if page and end < len(kept) else None,
        prev_pq=_cursor(shelf, page[0]) if page and start > 0 else None,
    )


def _order(text: str, shelf: Shelf) -> Order:
    """`field:asc` or `field:desc`, comma-joined."""
    keys = []
    for part in text.split(","):
        name, _, way = part.strip().partition(":")
        if name not in shelf.plain or way not in ("", "asc", "desc"):
            raise invalid_query("sort_by", f"{part.strip()[:40]!r} is no field:asc or field:desc of a {shelf.noun}")
        keys.append((name, way == "desc"))
    return Order((*keys, ("id", keys[0][1])))


def _filter(text: str | None, shelf: Shelf, syntax: Syntax) -> Predicate:
    if not text or not text.strip():
        return lambda _: True
    try:
        return read_query(text, shelf.plain, syntax)
    except BadQuery as problem:
        raise invalid_query("q", str(problem)) from None


def _fields(text: str | None, shelf: Shelf) -> list[str]:
    names = [name.strip() for name in text.split(",")] if text else list(shelf.fields)
    unknown = [name for name in names if name not in shelf.fields]
    if unknown:
        raise invalid_query("fields", f"a {shelf.noun} has no {', '.join(unknown)[:80]}")
    return names


def _limit(text: str | None, shelf: Shelf) -> int:
    if text is None:
        return shelf.limit
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAXIMUM_LIMIT):
        raise invalid_query("limit", f"takes 1 to {MAXIMUM_LIMIT}")
    return int(text)


def _cursor(shelf: Shelf, record: Record) -> str:
    return base64.urlsafe_b64encode(json.dumps({shelf.noun: record["id"]}).encode()).decode().rstrip("=")


def _edge(cursor: str, shelf: Shelf, records: Sequence[Record]) -> Record:
    """The record that a page ended or began with."""
    try:
        given = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        edge = given[shelf.noun]
        return next(record for record in records if record["id"] == edge)
    except (binascii.Error, ValueError, KeyError, TypeError, StopIteration):
        raise invalid_query("pq", "is no cursor of this listing") from None
