"""Questions to a store of 100,000 runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from runflow_nb.record.history import History
from runflow_nb.record.store import Store
from tests.bench.table import Row
from tests.bench.timing import Pairs, alternate, ms, seconds
from tests.record.made import write_journals

RUNS, SESSIONS, RECIPES = 100_000, 200, 20_000
TURNS = 30
MOST, REBUILD_MOST = 0.005, 10.0


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
    store.close()
    rebuilt = Row(
        f"index of {RUNS:,} runs rebuilt",
        ms(rebuild),
        f"{ms(reading)} reading their JSON",
        rebuild / reading,
        f"< {REBUILD_MOST:.0f} s",
        rebuild < REBUILD_MOST,
    )
    return [_row("latest 50", latest), _row("by recipe", one), _row("sum of cost", cost), rebuilt]


def _row(what: str, pairs: Pairs) -> Row:
    must = f"< {MOST * 1000:.0f} ms"
    floor = f"{ms(pairs.floor_middle)} bare SQLite"
    return Row(f"{what} of {RUNS:,} runs", ms(pairs.middle), floor, pairs.ratio, must, pairs.middle < MOST)


def read_all(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as lines:
            for line in lines:
                json.loads(line)
