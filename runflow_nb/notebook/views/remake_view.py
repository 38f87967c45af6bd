"""Runs beside those that made their requests again: pictures, facts, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...errors import RunflowError
from ...models.price import Estimate, together
from ...plain import columns_text, shortened
from ...record.listing import costs_of, money_by_origin
from ...record.run import Run
from .bundles import Bundle
from .description import alt_text, day, joined, price
from .files import LINE, files_html
from .markup import QUIET, inert
from .remake_facts import Compared, compared, data_that_differs, same_bytes, verdict
from .run_record import MIME, record
from .small_picture import picture_html
from .tables import CELL, FOOT, HEAD, ROW, TABLE

LONGEST, SMALL = 224, 64
"""Pixels of a picture's longest side: of two runs, and in a table of many."""
NOTHING = "no picture here"
SIDE = "text-align:left;padding:2px 14px 4px 0"
VALUE = f"{SIDE};max-width:{LONGEST + 12}px;white-space:pre-wrap;overflow-wrap:anywhere"
LABEL = f"{SIDE};white-space:nowrap;{QUIET}"
NARROW = "text-align:left;line-height:1.45;padding:4px 10px 4px 0;white-space:nowrap"
BROKEN = f"{NARROW};white-space:normal;overflow-wrap:anywhere"
STYLES = {"prompt": f"{BROKEN};min-width:8em", "bytes": BROKEN}
"""Of the columns that may be broken into lines."""
PROMPT_LENGTH = 80
TITLES = ("run", "made again", "prompt", "bytes", "seed sent", "returned", "cost", "bought")
COLUMNS = (("run", "made again"), ("prompt",), ("bytes",), ("seed sent", "returned"), ("cost", "bought"))
"""Of the HTML, in which what belongs together stands below each other: an output may be narrow."""
THEN = ", then "

Pair = tuple[Run, Run]
Left = tuple[Run, RunflowError]


def remake_bundle(old: Run, new: Run) -> Bundle:
    """Two runs, with all facts and the record of both."""
    rows, said = compared(old, new), verdict(old, new)
    names = ("", old.short, new.short, "")
    text = columns_text(names, [(row.label, row.old, row.new, row.verdict) for row in rows])
    left, right = [picture_html(run, LONGEST) or files_html(run) or NOTHING for run in (old, new)]
    head = "".join(f'<th style="{HEAD};{SIDE}">{name}</th>' for name in names)
    body = _row("", left, right, "") + "".join(map(_fact, rows))
    prompt = f'<div style="{LINE}" dir="auto">{inert(alt_text(old))}</div>'
    html = f'{prompt}{_table(head, body)}<div style="{FOOT}">{inert(said)}</div>'
    return {"text/plain": f"{alt_text(old)}\n{text}\n{said}", "text/html": html, MIME: record([old, new])}


def remaking_text(ended: int, total: int, seconds: float, bought: Sequence[Estimate]) -> str:
    """How far it is. While nothing ends, it changes once a second."""
    return joined([f"made again: {ended} of {total}", f"{int(seconds)} s", f"{together(bought)} so far"])


def remakes_bundle(pairs: Sequence[Pair], left: Sequence[Left], remarks: Iterable[str] = ()) -> Bundle:
    """Many pairs of runs with the record of all, those that could not be made again, and other remarks."""
    told = [_summary(pairs), *(f"{run.short}  {str(why).partition(chr(10))[0]}" for run, why in left), *remarks]
    foot = f'<div style="{FOOT}">{"<br>".join(map(inert, told))}</div>'
    if not pairs:
        return {"text/plain": "\n".join(told), "text/html": foot}
    lines = [_cells(old, new) for old, new in pairs]
    titles = ("", "", *(", ".join(column) for column in COLUMNS))
    head = "".join(f'<th style="{HEAD};{NARROW};vertical-align:bottom">{name}</th>' for name in titles)
    body = "".join(_line(pair, cells) for pair, cells in zip(pairs, lines, strict=True))
    return {
        "text/plain": "\n".join([columns_text(TITLES, lines), *told]),
        "text/html": _table(head, body) + foot,
        MIME: record(run for pair in pairs for run in pair),
    }


def _cells(old: Run, new: Run) -> tuple[str, ...]:
    data = data_that_differs(old, new)
    bytes_ = "same" if same_bytes(old, new) else "other"
    return (
        old.short,
        f"{new.short}, take {new.take}",
        shortened(old.prompt or old.model, PROMPT_LENGTH),
        f"{bytes_}; model data differ in {shortened(', '.join(data), PROMPT_LENGTH)}" if data else bytes_,
        _both(old.seeds.sent, new.seeds.sent),
        _both(old.seeds.returned, new.seeds.returned),
        _both(price(old), price(new)),
        _both(day(old.created_at), day(new.created_at)),
    )


def _both(old: object, new: object) -> str:
    """Once where they are the same."""
    before, after = ("none" if value is None else str(value) for value in (old, new))
    return before if before == after else f"{before}{THEN}{after}"


def _summary(pairs: Sequence[Pair]) -> str:
    same = sum(same_bytes(*pair) for pair in pairs)
    count = f"{len(pairs)} run{'s' if len(pairs) != 1 else ''} made again"
    if not pairs:
        return "No run was made again."
    costs = [_cost([pair[side] for pair in pairs]) for side in (0, 1)]
    paid = f"paid once each, {costs[0]} then {costs[1]}"
    return f"{count}: {same} with the same bytes, {len(pairs) - same} with others; {paid}"


def _cost(runs: Sequence[Run]) -> str:
    # As it was told when they ended: a price that comes in later must not change what is shown.
    return money_by_origin(costs_of(replace(run, cost=run.shown_cost) for run in runs)) or "nothing"


def _line(pair: Pair, cells: Sequence[str]) -> str:
    pictures = "".join(f'<td style="{CELL};{NARROW}">{picture_html(run, SMALL)}</td>' for run in pair)
    told = dict(zip(TITLES, cells, strict=True))
    texts = "".join(_column([told[name] for name in column], STYLES.get(column[0], NARROW)) for column in COLUMNS)
    return f'<tr style="{ROW}">{pictures}{texts}</tr>'


def _column(texts: Sequence[str], style: str) -> str:
    """The main fact, and below it what belongs to it."""
    first, *others = map(_broken, texts)
    below = "".join(f'<div style="{QUIET}">{other}</div>' for other in others)
    return f'<td style="{CELL};{style}" dir="auto">{first}{below}</td>'


def _broken(text: str) -> str:
    """What was and what came, below each other."""
    return inert(text).replace(THEN, ",<br>then ")


def _fact(row: Compared) -> str:
    return _row(inert(row.label), inert(row.old), inert(row.new), row.verdict)


def _row(label: str, old: str, new: str, said: str) -> str:
    values = "".join(f'<td style="{CELL};{VALUE}" dir="auto">{value}</td>' for value in (old, new))
    return (
        f'<tr style="{ROW}"><td style="{CELL};{LABEL}">{label}</td>{values}<td style="{CELL};{LABEL}">{said}</td></tr>'
    )


def _table(head: str, body: str) -> str:
    return (
        f'<table style="{TABLE}"><thead style="border:0"><tr style="{ROW}">{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
