"""A cell whose picture is on record."""

from __future__ import annotations

from pathlib import Path

from tests.bench.kernels import connecting, fresh, run
from tests.bench.server import running
from tests.bench.table import Row
from tests.bench.timing import alternate, ms, seconds

CELLS, TURNS = 100, 60
MOST, ALL_MOST = 0.015, 1.5


def rows(folder: Path) -> list[Row]:
    cells = [f"%%nanobanana -r 0.5K -f jpeg\na fox in the snow, picture {number}" for number in range(CELLS)]
    with running() as server:
        setup = connecting(server.url, folder)
        with fresh(folder) as kernel:
            for cell in [setup, *cells]:
                run(kernel, cell)
            bought = server.requests()
            warm = alternate(
                lambda turn: seconds(lambda: run(kernel, cells[turn % CELLS])),
                lambda _: seconds(lambda: run(kernel, "pass")),
                TURNS,
            )
        with fresh(folder) as kernel:
            again = seconds(lambda: [run(kernel, cell) for cell in [setup, *cells]])
            empty = seconds(lambda: [run(kernel, "pass") for _ in range(CELLS + 1)])
        asked = server.requests() - bought
    return [
        Row(
            "a reused cell, warm",
            ms(warm.middle),
            f"{ms(warm.floor_middle)} empty cell",
            warm.ratio,
            f"< {MOST * 1000:.0f} ms",
            warm.middle < MOST,
            "from the request to the kernel being idle again, with its picture and caption",
        ),
        Row(
            f"{CELLS} reused cells after a restart",
            ms(again),
            f"{ms(empty)} empty cells",
            again / empty,
            f"< {ALL_MOST} s",
            again < ALL_MOST,
            "with loading the extension, connecting, and everything that is imported at first use",
        ),
        Row("  requests for them", str(asked), "", None, "none", not asked),
    ]
