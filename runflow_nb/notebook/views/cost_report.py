"""What was spent: in this notebook and in the whole store, by model and by day. Origins are never added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ...money import usd
from ...record.costs import Spent, grouped
from ...record.history import History
from ...record.listing import LIVE
from .bundles import Bundle
from .description import place
from .tables import Table

HERE, STORE = "this notebook", "whole store"
AMOUNTS = ("runs", "estimated", "confirmed", "held")
DAYS = 14
"""Days that are listed; what is older comes as one line."""
EARLIER = "earlier"
REMARK = "estimated: expected when bought; confirmed: what Runflow said; held: for runs on their way, or unknown"
PLAY = "What the sandbox counts is play money."


def cost_bundle(
    store: History, here: History | None = None, *, whole: bool = False, since: str | None = None
) -> Bundle:
    """The sums of the store and (where one is known) of this notebook, and what makes them up by model and by day: of
    the notebook, or, with `whole`, of the store. Raises ValueError where `since` is no date."""
    tables = _tables(store, here, whole, since)
    if not tables:
        return {"text/plain": _nothing(since)}
    return {"text/plain": _text(tables), "text/html": "".join(table.html() for table in tables)}


def cost_text(store: History, here: History | None = None, *, whole: bool = False, since: str | None = None) -> str:
    """The same as plain text alone."""
    tables = _tables(store, here, whole, since)
    return _text(tables) if tables else _nothing(since)


def _text(tables: Sequence[Table]) -> str:
    return "\n\n".join(table.text() for table in tables)


def _nothing(since: str | None) -> str:
    return f"Nothing was bought{_since(since)}."


def _since(since: str | None) -> str:
    return f" since {since}" if since else ""


def _tables(every: History, own: History | None, whole: bool, since: str | None) -> list[Table]:
    """Those that have rows."""
    store = every.where(since=since).spending()
    here = None if own is None else own.where(since=since).spending()
    where, listed = (STORE, store) if here is None or whole else (HERE, here)
    sums = [*_rows(here or (), lambda _: HERE), *_rows(store, lambda _: STORE)]
    if not sums:
        return []
    models = _rows(sorted(listed, key=lambda spent: spent.model), lambda spent: spent.model)
    shown = sorted({spent.day for spent in listed}, reverse=True)[:DAYS]
    newest = sorted(listed, key=lambda spent: spent.day, reverse=True)
    days = _rows(newest, lambda spent: spent.day.isoformat() if spent.day in shown else EARLIER)
    first = {f"spent{_since(since)}": sums, f"model, {where}": models, f"day (UTC), {where}": days}
    tables = [Table((name, "origin", *AMOUNTS), tuple(rows), frozenset(AMOUNTS)) for name, rows in first.items()]
    play = any(spent.origin == "sandbox" for spent in store)
    kept = [table for table in tables if table.rows]
    return [*kept[:-1], replace(kept[-1], remark="\n".join([REMARK, *[PLAY] * play]))]


def _rows(spending: Iterable[Spent], name: Callable[[Spent], str]) -> Iterator[tuple[str, ...]]:
    """A row for each name and origin: names as they occur, and of each live first and play money last."""
    sums = grouped(spending, lambda spent: (name(spent), spent.origin))
    order = list(dict.fromkeys(first for first, _ in sums))
    for first, origin in sorted(sums, key=lambda key: (order.index(key[0]), key[1] != LIVE, key[1] == "sandbox", key)):
        total = sums[first, origin]
        amounts = (usd(amount) for amount in (total.estimated, total.confirmed, total.held))
        yield first, place(origin) or LIVE, f"{total.runs:,}", *amounts
