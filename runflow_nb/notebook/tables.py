"""Tables as display bundles: aligned text, and HTML that needs no style sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..models.price import Estimate
from ..money import usd
from ..record.history import History
from ..record.run import Run
from .bundles import Bundle
from .description import place, shortened
from .markup import inert

PROMPT_LENGTH = 60
NO_RUNS = "No runs on record."
LIMIT = 50
"""Rows of a history that are shown at once."""
TABLE = "border-collapse:collapse;margin:2px 0 6px;border:0;font-size:13px"
ROW = "background:transparent;border:0"
HEAD = "font-weight:normal;opacity:.6;padding:2px 20px 2px 0;border:0"
CELL = "vertical-align:top;padding:2px 20px 2px 0;border:0"
FOOT = "font-size:13px;opacity:.7"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[str] = frozenset()
    """Columns that are aligned to the right."""
    wrapped: frozenset[str] = frozenset()
    """Columns that may be broken into lines; no other is."""
    remark: str = ""
    """A line below the table."""

    def bundle(self) -> Bundle:
        return {"text/plain": self.text(), "text/html": self.html()}

    def text(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        lines = ["  ".join(self._padded(row, widths)).rstrip() for row in (self.columns, *self.rows)]
        return "\n".join([*lines, *filter(None, [self.remark])])

    def _padded(self, row: Sequence[str], widths: Sequence[int]) -> Iterable[str]:
        for name, text, width in zip(self.columns, row, widths, strict=True):
            yield text.rjust(width) if name in self.numbers else text.ljust(width)

    def html(self) -> str:
        head = "".join(f'<th style="{self._flow(name)};{HEAD}">{inert(name)}</th>' for name in self.columns)
        body = "".join(f'<tr style="{ROW}">{self._cells(row)}</tr>' for row in self.rows)
        remark = f'<div style="{FOOT}">{inert(self.remark)}</div>' if self.remark else ""
        return (
            f'<table style="{TABLE}"><thead style="border:0"><tr style="{ROW}">{head}</tr></thead>'
            f"<tbody>{body}</tbody></table>{remark}"
        )

    def _cells(self, row: Sequence[str]) -> str:
        return "".join(
            f'<td style="{self._flow(name)};{CELL}" dir="auto">{inert(text)}</td>'
            for name, text in zip(self.columns, row, strict=True)
        )

    def _flow(self, name: str) -> str:
        side = "right" if name in self.numbers else "left"
        return f"text-align:{side};" + ("min-width:18em" if name in self.wrapped else "white-space:nowrap")


def history_table(runs: Iterable[Run], remark: str = "") -> Table:
    """When, prompt, model, seed, take, cost and origin of these runs, in their order."""
    rows = tuple(
        (
            f"{run.created_at:%Y-%m-%d %H:%M}",
            shortened(run.prompt, PROMPT_LENGTH),
            run.model,
            "" if run.seed is None else str(run.seed),
            "" if run.take is None else str(run.take),
            _cost(run),
            run.status,
            place(run.origin) or "live",
        )
        for run in runs
    )
    columns = ("when (UTC)", "prompt", "model", "seed", "take", "cost", "status", "origin")
    return Table(columns, rows, frozenset({"seed", "take", "cost"}), frozenset({"prompt"}), remark)


def _cost(run: Run) -> str:
    if run.cost is not None:
        return usd(run.cost)
    return usd(Decimal(0)) if run.phase in ("void", "ended") and not run.delivered else str(run.price)


def history_bundle(history: History) -> Bundle:
    """The newest runs of a history, and how many there are."""
    runs = list(history[:LIMIT])
    total = len(history)
    if not total:
        return {"text/plain": NO_RUNS, "text/html": f'<div style="{FOOT}">{NO_RUNS}</div>'}
    count = f"{total:,} run{'s' if total != 1 else ''}"
    return history_table(runs, count if total <= LIMIT else f"the newest {LIMIT} of {count}").bundle()


def cost_table(
    store: Mapping[str, Decimal], held: Mapping[str, Decimal], notebook: Mapping[str, Decimal] | None = None
) -> Table:
    """Confirmed cost by origin, of the store and (where one is known) of this notebook, and what open runs hold."""
    origins = sorted({"live", *store, *held}, key=lambda origin: (origin != "live", origin == "sandbox", origin))
    sums = {"this notebook": notebook, "whole store": store, "held for open runs": held}
    shown = {name: amounts for name, amounts in sums.items() if amounts is not None}
    rows = tuple(
        (place(origin) or "live", *(usd(amounts.get(origin, Decimal(0))) for amounts in shown.values()))
        for origin in origins
    )
    remark = "What the sandbox counts is play money." if "sandbox" in origins else ""
    return Table(("origin", *shown), rows, frozenset(shown), remark=remark)


def estimate_table(estimate: Estimate) -> Table:
    """What a request would cost, with the kind of knowledge it is and what makes it up."""
    rows = [(part.label, usd(part.amount), part.kind) for part in estimate.parts]
    pictures = f"{estimate.images} picture{'s' if estimate.images != 1 else ''}"
    total = "unknown" if estimate.amount is None else usd(estimate.amount)
    rows.append((f"total for {pictures}", total, estimate.kind))
    remark = "Nothing was sent or billed."
    return Table(("part", "USD", "price is"), tuple(rows), frozenset({"USD"}), frozenset({"part"}), remark)
