"""What one picture adds to a saved notebook."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bench.kernels import connecting, fresh, run
from tests.bench.photographs import SIDES
from tests.bench.server import running
from tests.bench.table import Row

MOST = 120_000


def rows(folder: Path) -> list[Row]:
    """Both outputs of a cell as Jupyter writes them, for every resolution."""
    found = []
    with running() as server, fresh(folder) as kernel:
        run(kernel, connecting(server.url, folder))
        for tier in SIDES:
            outputs = run(kernel, f"%%nanobanana -r {tier} -f png -o run\na fox in the snow")
            original = int(kernel.value("run.images[0].size"))
            saved = len(json.dumps(outputs, indent=1, ensure_ascii=False).encode())
            found.append(
                Row(
                    f"notebook bytes of one {tier} PNG",
                    f"{saved / 1000:.0f} KB",
                    f"{original * 4 / 3 / 1000:,.0f} KB original in base64",
                    saved / (original * 4 / 3),
                    f"<= {MOST // 1000} KB",
                    saved <= MOST,
                )
            )
    return found
