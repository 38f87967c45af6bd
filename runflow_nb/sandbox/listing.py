"""Listing runs: filtered, sorted, in pages that stay put while new runs come in. Pure."""

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
from .run import RunRecord, SandboxRun

DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 500
DEFAULT_SORT = "created_at:desc"
FIELDS = (*RunRecord.__annotations__, "output")
PLAIN = frozenset(FIELDS) - {"input", "output", "metadata", "context", "cost_breakdown"}
"""Fields that can be filtered and sorted by."""

Row = tuple[SandboxRun, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page."""

    items: list[Row]
    """Each run with the record to show; `output`, where it is asked for, is left for the caller to fill."""
    next_pq: str | None
    prev_pq: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """What to sort by: (field, whether descending), the id last, so that no two runs are equal."""

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


def list_page(runs: Sequence[SandboxRun], query: Mapping[str, str], now: float, syntax: Syntax = "both") -> ListPage:
    """The page that the query asks for. Raises Refusal 422 naming the parameter that is wrong."""
    records: dict[str, dict[str, Any]] = {run.id: {**run.record(now), "output": None} for run in runs}
    order = read_order(query.get("sort_by") or DEFAULT_SORT)
    wanted = _filter(query.get("q"), syntax)
    names = _fields(query.get("fields"))
    limit = _limit(query.get("limit"))
    kept = [run for run in runs if wanted(records[run.id])]
    kept.sort(key=cmp_to_key(lambda a, b: order.compare(records[a.id], records[b.id])))
    start, end = 0, limit
    if query.get("pq"):
        edge = _edge(query["pq"], records)
        before = [order.compare(records[run.id], edge) for run in kept]
        if query.get("from_prev", "").lower() in ("true", "1"):
            end = sum(1 for each in before if each < 0)
            start = max(0, end - limit)
        else:
            start = sum(1 for each in before if each <= 0)
            end = start + limit
    page = [(run, {name: records[run.id][name] for name in names}) for run in kept[start:end]]
    return ListPage(
        page,
        next_pq=_cursor(page[-1][0].id) if page and end < len(kept) else None,
        prev_pq=_cursor(page[0][0].id) if page and start > 0 else None,
    )


def read_order(text: str) -> Order:
    """`field:asc` or `field:desc`, comma-joined. Raises Refusal 422."""
    keys = []
    for part in text.split(","):
        name, _, way = part.strip().partition(":")
        if name not in PLAIN or way not in ("", "asc", "desc"):
            raise invalid_query("sort_by", f"{part.strip()[:40]!r} is no field:asc or field:desc of a run")
        keys.append((name, way == "desc"))
    return Order((*keys, ("id", keys[0][1])))


def _filter(text: str | None, syntax: Syntax) -> Predicate:
    if not text or not text.strip():
        return lambda _: True
    try:
        return read_query(text, PLAIN, syntax)
    except BadQuery as problem:
        raise invalid_query("q", str(problem)) from None


def _fields(text: str | None) -> list[str]:
    names = [name.strip() for name in text.split(",")] if text else list(FIELDS)
    unknown = [name for name in names if name not in FIELDS]
    if unknown:
        raise invalid_query("fields", f"a run has no {', '.join(unknown)[:80]}")
    return names


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAXIMUM_LIMIT):
        raise invalid_query("limit", f"takes 1 to {MAXIMUM_LIMIT}")
    return int(text)


def _cursor(run_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps({"run": run_id}).encode()).decode().rstrip("=")


def _edge(cursor: str, records: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The record that a page ended or began with."""
    try:
        given = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return records[given["run"]]
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise invalid_query("pq", "is no cursor of this listing") from None
