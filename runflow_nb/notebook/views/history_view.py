"""A history as a table with small pictures; in plain text without them.

The pictures travel inside the table, a few KB each, so that a saved notebook shows them anywhere and stays small. The
table has to be read in an output of 580 pixels: facts that are short stand below each other, and prompts are wrapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ...plain import shortened
from ...record.history import History
from ...record.listing import LIVE, SHOWN, WIDTH, Listed, costs_of, listed, listing_text, money_by_origin
from ...record.run import Run
from .bundles import Bundle
from .markup import QUIET, inert
from .small_picture import picture_html
from .tables import CELL, FOOT, HEAD, ROW, TABLE

LONGEST = 64
"""Pixels of a small picture's longest side."""
PROMPT_LENGTH = 160
NO_RUNS = "No runs on record."
LINE = "white-space:nowrap"
NARROW = "text-align:left;line-height:1.45;padding:4px 10px 4px 0"
SMALL = f"{TABLE};font-size:12px"
PROMPT = f"{NARROW};min-width:8em;overflow-wrap:anywhere"
PICTURE = f"{NARROW};width:{LONGEST}px"


def history_bundle(history: History, limit: int = SHOWN) -> Bundle:
    """The newest runs of a history, how many there are and what they cost."""
    runs = history[:limit]
    return runs_bundle(runs, summary(history, runs, limit)) if runs else nothing_bundle(nothing(history))


def nothing(history: History) -> str:
    """What to say of a history without runs."""
    return "\n".join([NO_RUNS, *history.remarks])


def nothing_bundle(said: str) -> Bundle:
    """That there is nothing to show."""
    return {"text/plain": said, "text/html": f'<div style="{FOOT}">{inert(said)}</div>'}


def runs_bundle(runs: Sequence[Run], remark: str = "", width: int = WIDTH) -> Bundle:
    """These runs as a table, with a remark below it. `width`: columns that the plain text may take."""
    text = "\n".join(filter(None, [listing_text(runs, width), remark]))
    return {"text/plain": text, "text/html": _html(runs, remark)}


def summary(history: History, runs: Sequence[Run], limit: int) -> str:
    """How many runs there are, and what they cost, origins apart. `runs`: the newest, `limit` of them at most."""
    # Where they are all here already, a second look through the whole store would only take time.
    total, costs = history.sums() if len(runs) >= limit else (len(runs), costs_of(runs))
    count = f"{total:,} run{'s' if total != 1 else ''}"
    money = money_by_origin(costs) or "nothing"
    told = f"the newest {len(runs):,} of {count}; all {total:,} cost {money}"
    return "\n".join([told if total > len(runs) else f"{count}, cost {money}", *history.remarks])


def _html(runs: Iterable[Run], remark: str) -> str:
    pairs = [(run, listed(run)) for run in runs]
    beside = [name for name in ("stars", "tags") if any(getattr(row, name) for _, row in pairs)]
    elsewhere = any(row.origin != LIVE for _, row in pairs)
    prompt, cost = ", ".join(["prompt", *beside]), "cost, status" + ", origin" * elsewhere
    titles = ("", "run, when (UTC)", prompt, "model, size", "seed, take", cost)
    head = "".join(f'<th style="{HEAD};{NARROW};vertical-align:bottom">{title}</th>' for title in titles)
    body = "".join(f'<tr style="{ROW}">{"".join(_cells(run, row, elsewhere))}</tr>' for run, row in pairs)
    foot = f'<div style="{FOOT}">{inert(remark)}</div>' if remark else ""
    return (
        f'<table style="{SMALL}"><thead style="border:0"><tr style="{ROW}">{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>{foot}"
    )


def _cells(run: Run, row: Listed, elsewhere: bool) -> Iterable[str]:
    day, _, time = row.when.partition(" ")
    beside = "".join(f'<div style="{QUIET}">{inert(text)}</div>' for text in (row.stars, row.tags) if text)
    yield _cell(PICTURE, picture_html(run, LONGEST))
    yield _cell(NARROW, _lines(row.run, day, time))
    yield _cell(PROMPT, inert(shortened(row.prompt, PROMPT_LENGTH)) + beside)
    yield _cell(NARROW, _lines(row.model, row.size))
    yield _cell(NARROW, _lines(row.seed or "none", f"take {row.take}"))
    yield _cell(NARROW, _lines(row.cost, row.status, *[row.origin] * elsewhere))


def _cell(style: str, content: str) -> str:
    return f'<td style="{CELL};{style}" dir="auto">{content}</td>'


def _lines(first: str, *others: str) -> str:
    """The main fact, and below it others, each on a line of its own."""
    quiet = "".join(f'<div style="{QUIET}">{_pieces(text)}</div>' for text in others if text)
    return f"<div>{_pieces(first)}</div>{quiet}"


def _pieces(text: str) -> str:
    """Text that may be broken behind a slash, an underscore, a comma or a size, and nowhere else."""
    pieces = re.findall(r".+?(?:[/_]|, |(?<=\d) (?=[A-Z])|$)", text)
    return "<wbr>".join(f'<span style="{LINE}">{inert(piece)}</span>' for piece in pieces)
