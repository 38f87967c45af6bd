"""What Run All would buy in a saved notebook, or show otherwise than it was saved: told without running it.

Whatever only a kernel knows is left open. Nothing leaves the machine.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from datetime import datetime

from ..clock import SystemClock
from ..engine.connection import Connection
from ..notebook.checking import records, wording
from ..notebook.checking.asking import CALLS, Read, Use, read, uses
from ..notebook.checking.records import Records, Shown
from ..notebook.checking.saved import PICTURE, NotReadable, SavedCell, SavedNotebook
from ..notebook.checking.saved import read as read_notebook
from ..record.audit.finding import Finding, of_run
from ..record.run import Run
from ..secret import Secret
from ..settings import Settings
from ..settings.table import DEFAULTS
from .known import Known

TOLD = frozenset({"recipe", "record differs", "preview differs"})
"""What a record in an output says otherwise than the journal."""
CONNECTS = re.compile(rb"%runflow[ \t]+connect\b")
CELL = re.compile(r"cell (\d+)")
CONFIGURED = re.compile(rf"%(runflow[ \t]+config|config[ \t]+Runflow)\b.*\b({'|'.join(DEFAULTS)})\b")
"""Where a notebook may set what its cells do not say."""


def noticed(data: bytes, known: Known, now: datetime, key: Secret | None, ways: str) -> list[Finding]:
    """In the order of cells; `ways`: what to do about a cell that has no run. Raises StoreUnavailable."""
    try:
        notebook = read_notebook(data, key)
    except NotReadable:
        return []
    shown = Records(notebook, now).shown
    found = list(_differing(notebook, shown, known))
    other = {finding.where for finding in found}
    found += [finding for finding in _moved(shown, known) if finding.where not in other]
    found += _without_run(notebook, {each.cell.number for each in shown}, known, ways)
    found += [one for one in records.judge([_as_told(each) for each in shown], known) if one.kind in TOLD]
    return sorted(found, key=cell_number)


def cell_number(finding: Finding) -> int:
    """Which cell it is about, counted from 1."""
    match = CELL.match(finding.where)
    return int(match[1]) if match else 0


def _differing(notebook: SavedNotebook, shown: Sequence[Shown], known: Known) -> Iterator[Finding]:
    """Cells whose text asks for something else than they show; a seed that was drawn may be asked for by name."""
    cells = {cell.where: cell for cell in notebook.cells}
    runs = defaultdict[str, set[str]](set)
    for each in shown:
        runs[each.cell.where].add(each.run.id)
    for finding in wording.judge(notebook, shown, known.folder):
        if finding.kind == "take new" or not runs[finding.where] & _found_in(cells[finding.where], known):
            yield finding


def made_elsewhere(data: bytes, runs: Iterable[Run], settings: Settings) -> list[Finding]:
    """What is connected to another place than where these runs were made: there they are not on record."""
    if not settings.connected or settings.reuse == "only" or CONNECTS.search(data):
        return []
    here = Connection(settings.base_url, settings.key, SystemClock()).origin
    others = sorted({run.origin for run in runs} - {here})
    if not others:
        return []
    what = f"its runs come from {', '.join(others)}, and this machine is connected to {here}: Run All buys there"
    return [Finding("not on record", "all cells", what, "RUNFLOW_NB_REUSE=only shows what is on record, wherever made")]


def _as_told(shown: Shown) -> Shown:
    """Without what is told in other words: its take, and that its output holds no picture."""
    told = {name: value for name, value in shown.record.items() if name != "take"}
    pictured = any(kind.startswith(PICTURE) for kind in shown.data)
    return replace(shown, record=told, alone=shown.alone and pictured)


def _moved(shown: Iterable[Shown], known: Known) -> Iterator[Finding]:
    """Cells that ask for a number under which another run stands, or none."""
    asking = {(each.cell.number, each.run.id): each for each in shown if _asks(each.cell)}
    on_record = known.runs({run for _, run in asking})
    for each in asking.values():
        saved, run = each.run, on_record.get(each.run.id)
        if run is None or run.forgotten or not run.delivered or run.id in _found_in(each.cell, known):
            continue
        slots = known.slots(run.origin, run.recipe, run.seeds.asked)
        holder = slots.get(saved.take)
        own = next((take for take, held in slots.items() if held.id == run.id), None)
        if own is None or own == saved.take:
            continue
        what = f"shows {of_run(run.short)}, which is take {own} here, and asks for take {saved.take}: "
        what += f"Run All {f'shows {of_run(holder.short)} instead' if holder else 'buys another'}"
        yield Finding("same take", each.cell.where, what, f"--take {own} in its text shows {of_run(run.short)}")


def _asks(cell: SavedCell) -> bool:
    return any(True for _ in uses(cell.source)) or any(f"{name}(" in cell.source for name in CALLS)


def _without_run(notebook: SavedNotebook, shown: Set[int], known: Known, ways: str) -> Iterator[Finding]:
    """Cells with no run in their outputs, and none on record for what they ask."""
    configured = any(CONFIGURED.search(cell.source) for cell in notebook.cells if cell.code)
    for cell in notebook.cells:
        if not cell.code or cell.number in shown:
            continue
        told = [_on_record(use, known) for use in uses(cell.source) if not use.takes_new]
        certain = [use.alone for use in uses(cell.source)] == [True] and not configured
        if False in told and certain:
            yield Finding("not on record", cell.where, "no run of it is on record: Run All buys it", ways)
        elif False in told or None in told:
            what = "shows no run, and only a kernel can tell whether one is on record: Run All may buy it"
            yield Finding("not on record", cell.where, what, ways)


def _on_record(use: Use, known: Known) -> bool | None:
    """Whether what it asks for is on record, or costs nothing; None where only a kernel knows."""
    if use.typed.given("--help") or use.typed.given("--estimate"):
        return True
    asked = read(use)
    return None if asked is None or _recipe(asked, known) is None else _found(use, known) is not None


def _found_in(cell: SavedCell, known: Known) -> set[str]:
    """Our ids of the runs that a cell would show, where that can be told."""
    return {run.id for use in uses(cell.source) if (run := _found(use, known)) is not None}


def _found(use: Use, known: Known) -> Run | None:
    """The run that it would show, where that can be told."""
    asked = read(use)
    recipe = _recipe(asked, known) if asked is not None else None
    if asked is None or recipe is None:
        return None
    take = asked.asked.options.take
    return known.slots(None, recipe, asked.asked.request.seed).get(take if isinstance(take, int) else 1)


def _recipe(asked: Read, known: Known) -> str | None:
    digests = [known.digest(word) for word in asked.asked.request.images]
    if asked.templated or None in digests:
        return None
    return asked.asked.request.recipe([str(digest) for digest in digests])
