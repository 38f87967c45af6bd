"""Questions to a store of 100,000 runs."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

from runflow_nb.notebook.views.cost_report import cost_text
from runflow_nb.record.history import History
from runflow_nb.record.notebook_file import MIME
from runflow_nb.record.store import Store
from tests.bench.table import Row
from tests.bench.timing import Pairs, alternate, ms, seconds
from tests.record.made import write_journals

RUNS, SESSIONS, RECIPES = 100_000, 200, 20_000
TURNS = 30
MOST, VIEW_MOST, REBUILD_MOST = 0.005, 0.1, 10.0
COPIED = 3_000
"""Runs of other notebooks whose records a notebook holds."""


def rows(folder: Path) -> list[Row]:
    root = folder / ".runflow"
    write_journals(root, RUNS, SESSIONS, RECIPES)
    store = Store(root)
    rebuild = seconds(store.index.refresh)
    reading = seconds(lambda: read_all(root / "journal"))
    store.index.save()
    history = History(store.index)
    recipe = history[0].recipe
    with closing(sqlite3.connect(store.index.path)) as bare:

        def against(question: Callable[[], object], text: str, *values: str) -> Pairs:
            question()
            return alternate(
                lambda _: seconds(question), lambda _: seconds(lambda: bare.execute(text, values).fetchall()), TURNS
            )

        latest = against(lambda: history[:50], "SELECT * FROM runs ORDER BY id DESC LIMIT 50")
        one = against(lambda: store.index.slots("live", recipe, None), "SELECT * FROM runs WHERE recipe = ?", recipe)
        cost = against(history.cost, "SELECT sum(CAST(cost AS REAL)) FROM runs")
    views = [_view(what, work) for what, work in questions(store, folder).items()]
    store.close()
    rebuilt = Row(
        f"index of {RUNS:,} runs rebuilt",
        ms(rebuild),
        f"{ms(reading)} reading their JSON",
        rebuild / reading,
        f"< {REBUILD_MOST:.0f} s",
        rebuild < REBUILD_MOST,
    )
    return [_row("latest 50", latest), _row("by recipe", one), _row("sum of cost", cost), *views, rebuilt]


def questions(store: Store, folder: Path) -> dict[str, Callable[[], object]]:
    """What people ask of a store in words; a copied notebook's file is read when it was saved since."""
    every, own = History(store.index), History(store.index, notebook="book7.ipynb")
    copied, saved = History(store.index, notebook="copy.ipynb"), folder / "copy.ipynb"
    for name in {run.notebook for run in every[:COPIED]}:
        (folder / str(name)).touch()
    outputs = [{"outputs": [{"data": {MIME: {"runs": [{"id": run}]}}}]} for run in store.index.ids(limit=COPIED)]
    saved.write_text(json.dumps({"cells": outputs}))
    run = every[RUNS // 2]

    def saved_anew() -> None:
        os.utime(saved)
        page(copied)

    return {
        "a run by the end of its id": lambda: store.index.find(run.short),
        "a run by Runflow's id": lambda: store.index.find(run.run_id or ""),
        "a page of one notebook": lambda: page(own),
        f"a page of a copied notebook, {COPIED:,} pictures": lambda: page(copied),
        "the same, saved since": saved_anew,
        "cost by model and day": lambda: cost_text(every, own),
        "cost of a copied notebook": lambda: cost_text(every, copied),
    }


def page(history: History) -> None:
    """As many runs as are shown at once, how many there are, and what they cost."""
    history[:50]
    len(history)
    history.cost()


def _view(what: str, work: Callable[[], object]) -> Row:
    work()
    taken = median(seconds(work) for _ in range(TURNS))
    return Row(f"{what} of {RUNS:,} runs", ms(taken), "", None, f"< {VIEW_MOST * 1000:.0f} ms", taken < VIEW_MOST)


def _row(what: str, pairs: Pairs) -> Row:
    must = f"< {MOST * 1000:.0f} ms"
    floor = f"{ms(pairs.floor_middle)} bare SQLite"
    return Row(f"{what} of {RUNS:,} runs", ms(pairs.middle), floor, pairs.ratio, must, pairs.middle < MOST)


def read_all(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as lines:
            for line in lines:
                json.loads(line)
