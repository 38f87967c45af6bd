"""All that goes out with a notebook, gathered and looked through before anything is written. Only reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import KeyFound, NotPacked
from ..private import likely_secrets
from ..record.audit.finding import Finding
from ..record.audit.references import Needed, needed
from ..record.audit.references import missing as missing_of
from ..record.history import History
from ..record.notebook_file import LARGEST, saved_runs
from ..record.places import notebook_name
from ..record.run import Run
from ..record.saved.reading import read_runs
from ..record.store import Store
from ..secret import Secret
from .files import Looked, look, wanted
from .keys import holds_key, keys_in_notebook, other_keys_in_notebook
from .lines import NamedInput, input_lines, run_lines
from .names import NOTEBOOK, kind_of, trouble_with
from .notebook import Cell, cells_of, read_cell

AT_ONCE = 200
"""Runs whose lines are read at a time."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes out."""

    name: str
    """The notebook's file, without its folder."""
    cells: tuple[Cell, ...]
    data: bytes
    """The notebook, byte for byte."""
    runs: tuple[Run, ...]
    """Oldest first."""
    journal: bytes
    files: tuple[Looked, ...]
    """Of the store, in the order of their names; those that are whole."""
    previews_only: bool
    missing: tuple[Finding, ...]
    """What the records speak of and does not go out, each with how to get it."""
    remarks: tuple[str, ...]
    """What whoever packs should know of what goes out."""
    noticed: tuple[Finding, ...] = ()
    """What Run All would buy elsewhere, or not show as it was saved."""

    @property
    def originals(self) -> frozenset[str]:
        """SHA-256 of all that its runs delivered."""
        return frozenset(output.sha256 for run in self.runs for output in run.outputs)

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(run.id for run in self.runs)


def gather(store: Store, notebook: Path, key: Secret | None, *, previews_only: bool = False) -> Contents:
    """Look through a notebook and its runs. Raises NotPacked, KeyFound, StoreUnavailable."""
    name, data = notebook.name, _read(notebook)
    cells, places = _looked_through(name, data, key)
    known = list(reversed(list(History(store.index, notebook=notebook.absolute()))))
    runs = tuple(run for run in known if not (run.open or run.phase == "unknown"))
    if not runs:
        raise NotPacked(name, f"has no finished runs on record in {store.root}", _ways(store, data, len(known)))
    lines = _lines(store, runs, notebook)
    looked = look(wanted(store, runs, previews_only=previews_only), key)
    places += [_named(line) for line in lines if holds_key(line, key)]
    places += [f"{file.wanted.name}, its metadata" for file in looked if file.key]
    if places:
        raise KeyFound("this notebook" if holds_key(name.encode(), key) else name, dict.fromkeys(places))
    whole = tuple(file for file in looked if file.whole)
    remarks = _remarks(cells, runs, saved_runs(notebook), store, len(known) - len(runs))
    return Contents(
        name=name,
        cells=cells,
        data=data,
        runs=runs,
        journal=b"".join(lines),
        files=whole,
        previews_only=previews_only,
        missing=tuple(_missing(runs, looked, previews_only=previews_only)),
        remarks=tuple(dict.fromkeys((*remarks, *_other_keys(data)))),
    )


def _ways(store: Store, data: bytes, unfinished: int) -> str:
    """What to do where no run can go out."""
    if unfinished:
        return "Its runs have no end yet: collect them first with runflow-nb resume"
    now = datetime.fromtimestamp(store.clock.time(), UTC)
    ways = "Name the store that has them with --store FOLDER"
    if told := len(read_runs(data, now).runs):
        ways += f"; or pack what its own saved outputs tell of {_count(told, 'run')}\n  with --previews-only: "
        ways += "records and previews stand there, originals do not"
    return ways


def _read(notebook: Path) -> bytes:
    name = notebook.name
    if kind_of(name) != "notebook":
        raise NotPacked(name or str(notebook), f"is no notebook ({NOTEBOOK})")
    if (trouble := trouble_with(name)) is not None:
        raise NotPacked(name, f"{trouble}, so that it could not be unpacked everywhere", "Rename it first.")
    try:
        if notebook.stat().st_size > LARGEST:
            raise NotPacked(name, f"has more than {LARGEST // 2**20} MiB", "Clear outputs that are too large.")
        return notebook.read_bytes()
    except OSError as error:
        raise NotPacked(name, f"cannot be read: {error.strerror or type(error).__name__}") from None


def _looked_through(name: str, data: bytes, key: Secret | None) -> tuple[tuple[Cell, ...], list[str]]:
    """The notebook's cells, and where keys stand in it."""
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        notebook = None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise NotPacked(name, "is no notebook that can be read", "Open it in Jupyter and save it again.")
    places = [f"the name of the notebook's file ({len(name)} characters)"] if holds_key(name.encode(), key) else []
    cells = tuple(map(read_cell, cells_of(notebook)))
    places += keys_in_notebook(data, notebook, key)
    # The page shows outputs without the colours that may stand in the middle of a key.
    return cells, places or [
        f"cell {number}, its outputs"
        for number, cell in enumerate(cells, 1)
        if any(holds_key(output.text.encode("utf-8", "replace"), key) for output in cell.outputs)
    ]


def _lines(store: Store, runs: Sequence[Run], notebook: Path) -> list[bytes]:
    """The journal lines, run by run, and then what the pictures' names stand for."""
    lines: list[bytes] = []
    for start in range(0, len(runs), AT_ONCE):
        ids = [run.id for run in runs[start : start + AT_ONCE]]
        told = store.index.events(ids)
        for run in ids:
            lines += run_lines(told.get(run, ()), notebook.name)
    used = {str(picture.get("digest")) for run in runs for picture in run.pictures}
    own = dict.fromkeys([notebook_name(store.root, notebook.absolute()), *(run.notebook for run in runs)])
    names = [NamedInput(*row) for each in own for row in store.index.inputs(each) if row[2] in used]
    return lines + input_lines(names, [notebook.name, None])


def _named(line: bytes) -> str:
    event = json.loads(line)
    if event["event"] == "input":
        return "the journal, what a picture's name stands for"
    return f"run {str(event.get('run'))[-6:]}, its journal line ({event['event']})"


def _missing(runs: Sequence[Run], looked: Sequence[Looked], *, previews_only: bool) -> Iterator[Finding]:
    there = {file.wanted.key for file in looked if file.whole}
    damaged = {file.wanted.key: file for file in looked if file.there and not file.whole}
    for run in runs:
        speaks_of = needed(run)
        if previews_only:
            speaks_of = Needed(speaks_of.short, (), (), speaks_of.preview, "")
        yield from missing_of(speaks_of, there | damaged.keys())
    for file in damaged.values():
        what = "is not what its name says and stays here"
        yield Finding("changed file", file.wanted.name, what, "runflow-nb check tells how it comes back")


def _remarks(
    cells: Sequence[Cell], runs: Sequence[Run], shown: frozenset[str], store: Store, unfinished: int
) -> Iterator[str]:
    if all(run.from_notebook for run in runs):
        yield "its runs are told by its own saved outputs alone, and go out marked so"
    if unfinished:
        yield f"{_count(unfinished, 'run')} without an end stay here; runflow-nb resume collects them"
    known = {run.id: run for run in runs}
    strange = shown - known.keys() - {run.id for run in store.index.runs(sorted(shown))}
    if strange:
        yield f"{_count(len(strange), 'run')} that the notebook shows are not in this store"
    if any(run.forgotten for run in runs if run.id in shown):
        yield "the notebook still shows a run that was forgotten: clear that output and save, if it is not to go out"
    for number, cell in enumerate(cells, 1):
        for words in likely_secrets(cell.source):
            yield f"cell {number} looks as if it held {words}"
    for run in runs:
        told = (run.prompt, run.prompt_template, run.callback_url, *_typed(run), json.dumps(dict(run.metadata or {})))
        for words in dict.fromkeys(words for text in told if text for words in likely_secrets(text)):
            yield f"run {run.short} looks as if it held {words}"
    hosts = sorted({urlsplit(run.callback_url).hostname or "" for run in runs if run.callback_url})
    if hosts:
        yield f"addresses that were called back go out too: {', '.join(hosts)}"


def _other_keys(data: bytes) -> Iterator[str]:
    for place, words in other_keys_in_notebook(json.loads(data)):
        yield f"{place.partition(',')[0]} looks as if it held {words}"


def _typed(run: Run) -> Iterator[str]:
    for picture in run.pictures:
        yield f"{picture.get('typed') or ''} {picture.get('name') or ''}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
