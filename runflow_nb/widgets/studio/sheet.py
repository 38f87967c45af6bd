"""What stays in the notebook: all pictures of a studio as one, with their records, and its caption."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence

from ...notebook.views.bundles import Bundle, picture_bundle
from ...notebook.views.caption import WRAP, caption_html, caption_text
from ...notebook.views.description import alt_text, facts, joined, remarks
from ...notebook.views.files import files_html, files_text
from ...notebook.views.markup import QUIET, inert
from ...notebook.views.run_record import MIME, record
from ...plain import visible
from ...record.formats import NotAPicture
from ...record.listing import costs_of, money_by_origin
from ...record.preview import make_preview
from ...record.run import Run

NOTHING_YET = "Nothing is bought before a button with its price on it is pressed."
MOST = 24
"""Pictures of one sheet: of more, nothing could be seen."""


def on_sheet(runs: Sequence[Run]) -> list[Run]:
    """Of these runs, oldest first, the newest that have something to show: first those whose picture is on the sheet,
    then those that delivered other files only."""
    shown = [run for run in runs if not run.forgotten and (_is_pictured(run) or run.files)][-MOST:]
    return sorted(shown, key=lambda run: not _is_pictured(run))


def _is_pictured(run: Run) -> bool:
    return run.preview is not None and run.preview.path.exists()


def sheet_bundle(name: str, runs: Sequence[Run]) -> tuple[Bundle, Bundle]:
    """(data, metadata): one picture, numbered from 0 where there are several, and the record of every run on it."""
    if not runs:
        return {"text/plain": f"{title(name)}: nothing made yet."}, {}
    if len(runs) == 1:
        return picture_bundle(runs[0])
    pictures = [run.preview.path for run in runs if run.preview is not None and _is_pictured(run)]
    words = f"{title(name)}: {len(runs)} {'pictures' if len(pictures) == len(runs) else 'runs'}"
    data: Bundle = {
        "text/plain": visible("\n".join([words, *(f"[{n}] {alt_text(run)}" for n, run in enumerate(runs))])),
        MIME: record(runs),
    }
    if not pictures:
        return data, {}
    try:
        made = make_preview(pictures)
    except (OSError, NotAPicture):
        return data, {}
    data[made.mime] = base64.b64encode(made.data).decode("ascii")
    return data, {made.mime: {"alt": words}}


def caption_bundle(name: str, runs: Sequence[Run], more: int = 0) -> Bundle:
    """Below the sheet: what each number is. `more`: runs of this studio that are not on it."""
    if not runs:
        return said(NOTHING_YET)
    head = joined(_head(name, runs, more))
    if len(runs) == 1:
        told = remarks(runs[0])
        html = f"{caption_html(runs[0], told)}{_line(head)}"
        return {"text/html": html, "text/plain": f"{caption_text(runs[0], told)}\n{visible(head)}"}
    rows = "".join(_row(number, run) for number, run in enumerate(runs))
    text = [head, *("\n    ".join(_lines(n, run)) for n, run in enumerate(runs))]
    return {"text/html": f'<div style="{WRAP}">{_line(head)}{rows}</div>', "text/plain": visible("\n".join(text))}


def closed_bundle(name: str) -> Bundle:
    """In the form's place, when it is done."""
    return said(f"{title(name)} is done. Run the cell again for its form: what was made is shown for nothing.")


def moved_bundle(name: str) -> Bundle:
    """In the form's place, when the same studio was opened once more."""
    return said(f"{title(name)} was opened again: its form is there.")


def asleep_bundle(name: str) -> Bundle:
    """What readers without a kernel see in the form's place."""
    return said(f"The form of {title(name)} needs its kernel: run the cell.")


def title(name: str) -> str:
    return f"Studio {name}"


def said(text: str) -> Bundle:
    """A quiet line."""
    return {"text/plain": visible(text), "text/html": f'<div style="{WRAP};{QUIET}">{inert(text)}</div>'}


def _head(name: str, runs: Sequence[Run], more: int) -> Iterator[str]:
    yield title(name)
    count = len(runs) + more
    yield f"{count} run{'s' if count != 1 else ''}"
    if more:
        yield f"the newest {len(runs)} are shown; %runflow gallery shows all"
    if money := money_by_origin(costs_of(runs)):
        yield money


def _facts(run: Run) -> tuple[str, ...]:
    return (f"run {run.short}", *facts(run))


def _line(text: str) -> str:
    return f'<div style="{QUIET}">{inert(text)}</div>'


def _row(number: int, run: Run) -> str:
    notes = "".join(_line(note) for note in remarks(run))
    return (
        f'<div style="margin-top:4px"><span dir="auto">[{number}] {inert(alt_text(run))}</span>'
        f"{_line(joined(_facts(run)))}{files_html(run)}{notes}</div>"
    )


def _lines(number: int, run: Run) -> Iterator[str]:
    yield f"[{number}] {alt_text(run)}"
    yield joined(_facts(run))
    yield from files_text(run).splitlines()
