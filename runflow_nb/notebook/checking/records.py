"""The records in a notebook's outputs: whether they are whole, and whether the journal says the same. Pure."""

from __future__ import annotations

import binascii
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ...models.request import RECIPE_VERSION
from ...models.validate import brief
from ...record.audit.finding import Finding, of_run
from ...record.audit.recipes import derived
from ...record.fold import fold
from ...record.notebook_file import MIME, SCHEMA
from ...record.run import DELIVERED, Run
from ...record.saved.bringing import KEY_LENGTH
from ...record.saved.judging import NotARun, events_of
from ..views.bundles import FORGOTTEN
from ..views.run_record import record
from .saved import SavedCell, SavedNotebook, data_of, text_of
from .shelf import Shelf

AGAIN = "Run the cell again: it shows what is on record, for nothing"
PREVIEWS = ("image/jpeg", "image/png")
TOLD = frozenset({"take", "status", "cost", "model", "origin", "duration", "nsfw", "run_id", "recipe", "created_at"})
"""Facts whose values are short, and hold no words of a person."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A run that a cell's output shows."""

    cell: SavedCell
    run: Run
    """As the record tells of it."""
    record: Mapping[str, Any]
    data: Mapping[str, Any]
    """All that the output holds, by type."""
    alone: bool
    """Whether the record is of this run only."""

    @property
    def where(self) -> str:
        return f"{self.cell.where}, {of_run(self.run.short)}"


class Records:
    """The runs that a notebook shows, and what is wrong with the records of others."""

    def __init__(self, notebook: SavedNotebook, now: datetime) -> None:
        """`now`: what was bought later was made up."""
        self.shown: list[Shown] = []
        self.damaged: list[Finding] = []
        for cell in notebook.cells:
            for output in cell.outputs:
                if MIME in (data := data_of(output)):
                    self._read(cell, data, now)

    def _read(self, cell: SavedCell, data: Mapping[str, Any], now: datetime) -> None:
        told = data[MIME]
        schema = told.get("schema") if isinstance(told, dict) else None
        if isinstance(schema, bool) or not isinstance(schema, int):
            self._damaged(cell, "the record in its output is damaged")
            return
        if schema != SCHEMA:
            what = f"the record in its output is of schema {brief(schema)}, and this version knows {SCHEMA}"
            remedy = "Read it with the version that wrote it: pip install --upgrade runflow_nb"
            self.damaged.append(Finding("unknown schema", cell.where, what, remedy))
            return
        runs = told.get("runs")
        if not isinstance(runs, list) or not runs:
            self._damaged(cell, "the record in its output tells of no run")
            return
        for given in runs:
            try:
                run = fold(events_of(given, now), Path())
            except NotARun as reason:
                if not _blank(data):
                    self._damaged(cell, f"the record in its output has {brief(str(reason))} that no run of ours has")
                continue
            if run is not None:
                self.shown.append(Shown(cell, run, given, data, len(runs) == 1))

    def _damaged(self, cell: SavedCell, what: str) -> None:
        remedy = "Run the cell again, where its run is on record; else take the notebook back from git"
        self.damaged.append(Finding("damaged record", cell.where, what, remedy))


def judge(shown: Sequence[Shown], shelf: Shelf | None) -> Iterator[Finding]:
    """What the records say otherwise than the journal, and what lies no more where they say."""
    known = {} if shelf is None else shelf.runs({each.run.id for each in shown})
    looked_at = set[str]()
    for each in shown:
        run = known.get(each.run.id)
        forged = [] if _blank(each.data) or (run is not None and run.forgotten) else list(_recipe(each))
        yield from forged
        if run is None:
            if shelf is not None:
                yield _unknown(each)
            continue
        if run.forgotten:
            yield from _forgotten(each)
            continue
        yield from () if forged else _facts(each, run)
        files = [] if shelf is None or run.id in looked_at else list(shelf.files(run))
        looked_at.add(run.id)
        yield from files
        if not any(finding.kind == "missing preview" for finding in files):
            yield from _preview(each, run)
    yield from _same_take([(each, known.get(each.run.id, each.run)) for each in shown])


def _blank(data: Mapping[str, Any]) -> bool:
    """Whether this says of a run that it was forgotten: nothing is left to derive its recipe from."""
    return text_of(data.get("text/plain")) == FORGOTTEN


def _recipe(shown: Shown) -> Iterator[Finding]:
    run = shown.run
    if run.recipe.startswith(RECIPE_VERSION) and derived(run) != run.recipe:
        what = "the recipe in its record is not that of the request beside it: it was changed after it was saved"
        yield Finding("recipe", shown.where, what, f"No cell is answered by it. {AGAIN}")


def _unknown(shown: Shown) -> Finding:
    remedy = "Run the cell: what this notebook tells of the run is brought into the store, and nothing is bought"
    return Finding("not on record", shown.where, "the journal of its store has no such run", remedy)


def _forgotten(shown: Shown) -> Iterator[Finding]:
    if not _blank(shown.data):
        remedy = "Run the cell again or clear its output, then save: the prompt and the picture still stand there"
        yield Finding("forgotten", shown.where, "was forgotten, and this output still shows it", remedy)


def _facts(shown: Shown, run: Run) -> Iterator[Finding]:
    (told,) = record([run])["runs"]
    differing = [name for name, value in shown.record.items() if name in told and told[name] != value]
    if not differing:
        return
    words = [_fact(name, shown.record[name], told[name]) for name in differing]
    what = f"the journal tells otherwise of it: {', '.join(words)}"
    yield Finding("record differs", shown.where, what, _kept(run) if "take" in differing else AGAIN)


def _kept(run: Run) -> str:
    """How the cell goes on to show this run: it has another number here, and what its old one names is not this one."""
    numbered = f"Put --take {run.take} into its cell and run that: it shows this very run, for nothing"
    return f"{numbered}. Without, it shows or buys another (%runflow cell {run.short} gives the cell)"


def _fact(name: str, saved: object, known: object) -> str:
    return f"{name} {brief(saved)} (on record {brief(known)})" if name in TOLD else name


def _preview(shown: Shown, run: Run) -> Iterator[Finding]:
    if run.preview is None or run.nsfw or not shown.alone:
        return  # a flagged picture is shown blurred, or as it is, as each cell asks for it
    pictures = [text for mime in PREVIEWS if (text := text_of(shown.data.get(mime)))]
    if not pictures:
        yield Finding("preview differs", shown.where, "its output shows no picture, and the record has one", AGAIN)
    elif not any(_key(text) == run.preview.path.stem for text in pictures):
        yield Finding("preview differs", shown.where, "the picture in its output is not that of the run", AGAIN)


def _key(text: str) -> str | None:
    """What a preview of these bytes, in base64, is called."""
    try:
        return hashlib.sha256(binascii.a2b_base64(text)).hexdigest()[:KEY_LENGTH]
    except ValueError:
        return None


def _same_take(shown: Sequence[tuple[Shown, Run]]) -> Iterator[Finding]:
    slots: dict[tuple[object, ...], dict[str, Shown]] = defaultdict(dict)
    for each, run in shown:
        if run.status in DELIVERED:
            slots[run.origin, run.recipe, run.seeds.asked, run.take].setdefault(run.id, each)
    for (_, _, _, take), runs in slots.items():
        first, *others = runs.values()
        for other in others:
            what = f"{first.where} is take {take} of the same request too"
            remedy = "Run both cells again: each shows the take that its text asks for, and nothing is lost"
            yield Finding("same take", other.where, what, remedy)
