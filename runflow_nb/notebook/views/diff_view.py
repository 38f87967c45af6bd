"""Two runs beside each other: their pictures, what differs, and the prompt word by word."""

from __future__ import annotations

from collections.abc import Sequence

from ...plain import columns_text
from ...record.run import Run
from .bundles import Bundle
from .differences import Differing, differing, verdict
from .markup import QUIET, inert
from .small_picture import picture_html
from .tables import CELL, FOOT, HEAD, ROW, TABLE
from .word_diff import Piece, difference, difference_html, difference_text

LONGEST = 224
"""Pixels of a picture's longest side: two of them stand beside each other in a narrow output."""
NOTHING = "has no picture"
SIDE = "text-align:left;padding:2px 12px 4px 0"
VALUE = f"{SIDE};max-width:{LONGEST + 12}px;white-space:pre-wrap;overflow-wrap:anywhere"
LABEL = f"{SIDE};white-space:nowrap;{QUIET}"
PROMPT = f"{SIDE};max-width:{2 * (LONGEST + 12)}px;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere"


def diff_bundle(old: Run, new: Run) -> Bundle:
    """What differs between two runs; what is equal is left out."""
    html = differences_html(old, new, pictures=True)
    rows = differing(old, new)
    said = verdict(old, new, rows)
    if old.id == new.id:
        return {"text/plain": said, "text/html": html}
    pieces = _pieces(old, new)
    lines = [(row.label, _one_line(row.old), _one_line(row.new)) for row in rows]
    table = columns_text(("", old.short, new.short), lines)
    text = "\n".join(filter(None, [f"prompt: {difference_text(pieces)}" if pieces else "", table, said]))
    return {"text/plain": text, "text/html": html}


def differences_html(old: Run, new: Run, *, pictures: bool = False) -> str:
    """What differs as a table, with or without the two pictures."""
    rows = differing(old, new)
    said = verdict(old, new, rows)
    foot = f'<div style="{FOOT}">{inert(said)}</div>' if said else ""
    if old.id == new.id:
        return foot
    images = [picture_html(run, LONGEST) for run in (old, new)] if pictures else []
    return f"{_table(old, new, _pieces(old, new), rows, images)}{foot}"


def _pieces(old: Run, new: Run) -> Sequence[Piece]:
    return difference(old.prompt, new.prompt) if old.prompt != new.prompt else []


def _table(old: Run, new: Run, prompt: Sequence[Piece], rows: Sequence[Differing], pictures: Sequence[str]) -> str:
    head = "".join(f'<th style="{HEAD};{SIDE}">{name}</th>' for name in ("", old.short, new.short))
    body = _row("", *(picture or NOTHING for picture in pictures)) if any(pictures) else ""
    if prompt:
        words = f'<td style="{CELL};{PROMPT}" dir="auto" colspan="2">{difference_html(prompt)}</td>'
        body += f'<tr style="{ROW}"><td style="{CELL};{LABEL}">prompt</td>{words}</tr>'
    body += "".join(_row(inert(row.label), inert(row.old), inert(row.new)) for row in rows)
    return (
        f'<table style="{TABLE}"><thead style="border:0"><tr style="{ROW}">{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _row(label: str, old: str, new: str) -> str:
    values = "".join(f'<td style="{CELL};{VALUE}" dir="auto">{value}</td>' for value in (old, new))
    return f'<tr style="{ROW}"><td style="{CELL};{LABEL}">{label}</td>{values}</tr>'


def _one_line(text: str) -> str:
    return " ".join(text.split())
