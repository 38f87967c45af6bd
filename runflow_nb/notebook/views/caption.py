"""The caption below a picture, as HTML and as text.

It must read well in light and dark themes and where styles, ids or scripts are taken out: inline styles only, no colour
of its own, structure by plain elements. Strict readers show the tags that they do not know as text: the fold has no
attributes, and its table none of the elements that tables can do without. It holds no clock and no path of this
machine: it is the same at every showing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

from ...plain import shortened, visible
from ...record.run import Run
from .description import (
    ALT_LENGTH,
    alt_text,
    facts,
    joined,
    moment_utc,
    pending_facts,
    price,
    remarks,
    seeds,
)
from .files import files_html, files_text
from .markup import QUIET, inert
from .run_record import file_of

WRAP = "max-width:768px;font-size:13px;line-height:1.5;margin:2px 0 6px"
NOTE = "border-left:3px solid currentColor;padding-left:8px;margin:4px 0;opacity:.85"
FOLD = "margin-top:2px"
SUMMARY = f"cursor:pointer;{QUIET};font-size:12px"
TABLE = "border-collapse:collapse;margin:6px 0 0;border:0;font-size:12px"
ROW = "background:transparent;border:0"
CELL = "text-align:left;vertical-align:top;border:0"
LABEL = f"{CELL};font-weight:normal;{QUIET};padding:1px 16px 1px 0;white-space:nowrap"
VALUE = f"{CELL};padding:1px 0;white-space:pre-wrap;overflow-wrap:anywhere"


def caption_bundle(run: Run, *, unveiled: bool = False) -> dict[str, Any]:
    """The caption as a display bundle. `unveiled`: below a picture that is shown although it is flagged."""
    told = remarks(run, unveiled=unveiled)
    return {"text/html": caption_html(run, told), "text/plain": caption_text(run, told)}


def pending_bundle(run: Run) -> dict[str, Any]:
    """The caption as far as it is known before the run has ended."""
    words, known = shortened(run.prompt, ALT_LENGTH), joined(pending_facts(run))
    html = (
        f'<div style="{WRAP}"><div><span dir="auto">{inert(words)}</span></div>'
        f'<div style="{QUIET}">{inert(known)}</div></div>'
    )
    return {"text/html": html, "text/plain": f"{words}\n{known}"}


def caption_text(run: Run, notes: Sequence[str]) -> str:
    files = files_text(run) if run.images else ""
    lines = (alt_text(run), joined(facts(run)), files, *(f"Note: {note}" for note in notes))
    return visible("\n".join(filter(None, lines)))


def caption_html(run: Run, told: Sequence[str], files: str | None = None) -> str:
    """`files`: the lines of what else it delivered, where they are not those of a notebook."""
    notes = "".join(f'<div style="{NOTE}">{inert(note)}</div>' for note in told)
    if files is None:
        files = files_html(run) if run.images else ""  # else they stand where the picture would
    rows = "".join(_row(label, value) for label, value in details(run))
    return (
        f'<div style="{WRAP}">'
        f'<div><span dir="auto">{inert(alt_text(run))}</span></div>'
        f'<div style="{QUIET}">{inert(joined(facts(run)))}</div>'
        f"{files}{notes}"
        f'<div style="{FOLD}"><details><summary><span style="{SUMMARY}">Details</span></summary>'
        f'<table style="{TABLE}">{rows}</table></details></div>'
        "</div>"
    )


def _row(label: str, value: str) -> str:
    return (
        f'<tr style="{ROW}"><td style="{LABEL}">{inert(label)}</td>'
        f'<td style="{VALUE}" dir="auto">{_lines(value)}</td></tr>'
    )


def _lines(value: str) -> str:
    """Its lines are lines also where styles are taken out."""
    return inert(value).replace("\n", "<br>")


def details(run: Run) -> Iterator[tuple[str, str]]:
    """Everything that was asked, sent and answered, as (label, text)."""
    yield "prompt", run.prompt
    if run.prompt_template is not None and run.prompt_template != run.prompt:
        yield "template", run.prompt_template
    yield from _fields(run)
    yield "seeds", seeds(run)
    yield "cost", f"estimated {run.price}, confirmed {price(run) if run.shown_cost is not None else 'not yet'}"
    if run.metadata:
        yield "metadata", json.dumps(dict(run.metadata), ensure_ascii=False, sort_keys=True)
    for output in run.outputs:
        yield (f"file [{output.index}]" if len(run.outputs) > 1 else "file"), file_of(output.path)
    yield "bought", moment_utc(run.created_at) + (f", done after {run.duration:.1f} s" if run.duration else "")
    yield "run", run.id + (f" (at Runflow {run.run_id})" if run.run_id else "")
    yield "status", run.status


def _fields(run: Run) -> Iterator[tuple[str, str]]:
    for name in sorted(run.input):
        value = run.input[name]
        if isinstance(value, list | tuple):
            yield name, "\n".join(picture_words(run, number, str(digest)) for number, digest in enumerate(value))
        elif name not in ("prompt", "seed"):
            yield name, json.dumps(value) if isinstance(value, bool) else str(value)


def picture_words(run: Run, number: int, digest: str) -> str:
    """A picture that went in: what was typed for it, what that was, its digest; of a file the name, not the place."""
    known = run.pictures[number] if number < len(run.pictures) else {}
    words = [str(known.get("typed") or ""), str(known.get("name", ""))]
    if known.get("source") == "file":
        words = [PurePath(word).name for word in words]
    name = " → ".join(dict.fromkeys(filter(None, words)))
    return f"{name} ({digest})" if name else digest
