"""The ledger as people see it: the newest runs, and the sums of all of them, origins apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from decimal import Decimal

from ...money import usd
from ...record.history import History
from ...record.ledger import Entry, Sums, entry, sums
from ...record.listing import LIVE
from ...record.run import Run
from .bundles import Bundle
from .description import place
from .tables import Table

AMOUNTS = ("estimated", "reserved", "confirmed")
COUNTED, BALANCE = "counted", "balance now"
REMARK = (
    "estimated: expected when bought; reserved: held for runs that are open or unknown; confirmed: what Runflow said\n"
    "counted: what budgets count; where a run has ended and nobody said what it cost, what was held for it (assumed)"
)
PLAY = "What the sandbox counts is play money."
UNKNOWN = "unknown"


def ledger_bundle(history: History, runs: Sequence[Run], balances: Mapping[str, Decimal]) -> Bundle:
    """`runs`: the newest of this history, which are listed; the sums are of all. `balances`: origin -> what its API
    says is left, in USD, where it said so."""
    tables = _tables(history, runs, balances)
    return {"text/plain": _text(tables), "text/html": "".join(table.html() for table in tables)}


def ledger_text(history: History, runs: Sequence[Run]) -> str:
    """The same as plain text alone."""
    return _text(_tables(history, runs, {}))


def _text(tables: Sequence[Table]) -> str:
    return "\n\n".join(table.text() for table in tables)


def _tables(history: History, runs: Sequence[Run], balances: Mapping[str, Decimal]) -> list[Table]:
    entries, found = [entry(run) for run in runs], sums(history.spending())
    total = sum(each.total.runs for each in found)
    elsewhere = any(each.origin != LIVE for each in found)
    columns = ("run", "when (UTC)", "model", *["origin"] * elsewhere, "state", *AMOUNTS)
    rows = tuple(tuple(_cells(one, elsewhere)) for one in entries)
    rest = f"the newest {len(rows):,} of {total:,} runs; the sums are of all {total:,}" if len(rows) < total else ""
    told = [each.origin for each in found if each.origin in balances]
    names = ("sums", "runs", *AMOUNTS, COUNTED, *[BALANCE] * bool(told))
    remark = "\n".join([REMARK, *[PLAY] * any(each.play_money for each in found)])
    return [
        Table(columns, rows, frozenset(AMOUNTS), remark=rest),
        Table(names, tuple(_sums(found, balances)), frozenset(names[1:]), remark=remark),
    ]


def _cells(one: Entry, elsewhere: bool) -> Iterator[str]:
    yield one.run
    yield f"{one.when.astimezone(UTC):%Y-%m-%d %H:%M}"
    yield one.model
    if elsewhere:
        yield _origin(one.origin)
    yield one.state
    yield UNKNOWN if one.estimated is None else usd(one.estimated)
    yield usd(one.reserved)
    if one.confirmed is not None:
        yield usd(one.confirmed)
    else:
        yield f"{usd(one.counted)} assumed" if one.counted > one.reserved else ""


def _sums(found: Sequence[Sums], balances: Mapping[str, Decimal]) -> Iterator[tuple[str, ...]]:
    told = any(each.origin in balances for each in found)
    for each in found:
        total = each.total
        amounts = map(usd, (total.estimated, total.held, total.confirmed, total.counted))
        balance = usd(balances[each.origin]) if each.origin in balances else ""
        yield _origin(each.origin), f"{total.runs:,}", *amounts, *[balance] * told


def _origin(origin: str) -> str:
    return place(origin) or LIVE
