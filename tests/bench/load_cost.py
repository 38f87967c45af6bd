"""What `%load_ext runflow_nb` costs in a running kernel."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bench.kernels import fresh
from tests.bench.table import Row
from tests.bench.timing import alternate, ms

TURNS = 7
MOST = 0.5
HEAVY = ("httpx", "PIL", "ipywidgets", "jinja2", "starlette")
CELL = """
import json, sys, time
begun = time.perf_counter()
{work}
took = time.perf_counter() - begun
print(json.dumps([took, sorted(set({heavy}) & set(sys.modules))]))
"""
LOADING = 'get_ipython().run_line_magic("load_ext", "runflow_nb")'


def rows(folder: Path) -> list[Row]:
    found: set[str] = set()

    def once(work: str) -> tuple[float, list[str]]:
        with fresh(folder) as kernel:
            ran = kernel.run(CELL.format(work=work, heavy=HEAVY))
            took, imported = json.loads(ran.text)
            return float(took), imported

    def ours(_: int) -> float:
        took, imported = once(LOADING)
        found.update(imported)
        return took

    ours(-1)  # compiles what a fresh checkout has not compiled yet
    found.clear()
    pairs = alternate(ours, lambda _: once("import httpx")[0], TURNS)
    return [
        Row(
            "%load_ext runflow_nb",
            ms(pairs.middle),
            f"{ms(pairs.floor_middle)} import httpx",
            pairs.ratio,
            f"< {MOST} x",
            pairs.ratio < MOST,
            "each sample in a fresh kernel",
        ),
        Row(
            "  imports what is heavy",
            ", ".join(sorted(found)) or "none",
            "",
            None,
            "none of " + ", ".join(HEAVY),
            not found,
        ),
    ]
