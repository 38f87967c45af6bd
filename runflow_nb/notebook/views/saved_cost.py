"""What the runs of a saved notebook did cost, and what making all of them anew would. Origins are never added up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from ...models.anew import price_today
from ...models.price import Estimate, worst
from ...money import usd
from ...record.history import History
from ...record.listing import LIVE
from ...record.run import Run
from .description import place
from .tables import Table

PAID = ("runs", "confirmed", "estimated")
ANEW = ("requests", "price")
REMARK = "confirmed: what Runflow said; estimated: expected when bought, of runs of which nobody said what they cost"
PLAY = "What the sandbox counts is play money."
TODAY = "Each request once, at the prices of today; replaying them costs nothing."


def saved_cost_text(history: History) -> str:
    """Both as tables of plain text."""
    runs = list(history)
    if not runs:
        return "\n".join(["No runs on record.", *history.remarks])
    paid = Table(("it did cost", *PAID), tuple(_paid(runs)), frozenset(PAID), remark=_remark(runs))
    anew = Table(("all of it anew", *ANEW), tuple(_anew(runs)), frozenset(ANEW), remark=TODAY)
    return "\n\n".join([paid.text(), "\n".join([anew.text(), *history.remarks])])


def _remark(runs: Iterable[Run]) -> str:
    return "\n".join([REMARK, *[PLAY] * any(run.origin == "sandbox" for run in runs)])


def _paid(runs: Iterable[Run]) -> Iterator[tuple[str, ...]]:
    """A row for each origin: live first, play money last."""
    groups: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        groups[run.origin].append(run)
    for origin in sorted(groups, key=lambda origin: (origin != LIVE, origin == "sandbox", origin)):
        own = groups[origin]
        confirmed = sum((run.cost for run in own if run.cost is not None), Decimal(0))
        expected = _sum(run.price for run in own if run.cost is None and run.delivered)
        yield place(origin) or LIVE, f"{len(own):,}", usd(confirmed), expected


def _anew(runs: Iterable[Run]) -> Iterator[tuple[str, ...]]:
    """A row for each model, and where there are several one for all."""
    wanted = {(run.recipe, run.seeds.asked, run.take): run for run in runs if run.delivered}
    groups: dict[str, list[Estimate]] = defaultdict(list)
    for run in wanted.values():
        groups[run.model].append(price_today(run.model, run.input))
    for model in sorted(groups):
        yield model, f"{len(groups[model]):,}", _sum(groups[model])
    if len(groups) > 1:
        every = [price for prices in groups.values() for price in prices]
        yield "all", f"{len(every):,}", _sum(every)


def _sum(prices: Iterable[Estimate]) -> str:
    """`about $0.30`, with how many of them nobody knows; "" for none at all."""
    each = list(prices)
    known = [price for price in each if price.amount is not None]
    total = sum((price.amount for price in known if price.amount is not None), Decimal(0))
    missing = len(each) - len(known)
    words = [str(replace(known[0], amount=total, kind=worst([price.kind for price in known])))] if known else []
    return " + ".join([*words, *([f"{missing:,} unknown"] if missing else [])])
