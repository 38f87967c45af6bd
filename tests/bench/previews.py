"""A preview beside what Pillow needs for the bare work: open, shrink, save."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from runflow_nb.record.preview import LONGEST, make_preview
from tests.bench.photographs import SIDES, photograph
from tests.bench.table import Row
from tests.bench.timing import alternate, ms, seconds

TURNS = {"1K": 15, "4K": 5}
MOST = 1.2


def rows(folder: Path) -> list[Row]:
    found = []
    for tier, turns in TURNS.items():
        path = folder / f"{tier}.png"
        path.write_bytes(photograph(SIDES[tier], SIDES[tier], "png"))

        def ours(_: int, path: Path = path) -> float:
            return seconds(lambda: make_preview([path]))

        def theirs(_: int, path: Path = path) -> float:
            return seconds(lambda: shrink(path))

        alternate(ours, theirs, 1)
        pairs = alternate(ours, theirs, turns)
        found.append(
            Row(
                f"preview of a {tier} PNG",
                ms(pairs.middle),
                f"{ms(pairs.floor_middle)} bare Pillow",
                pairs.ratio,
                f"<= {MOST} x",
                pairs.ratio <= MOST,
            )
        )
    return found


def shrink(path: Path) -> bytes:
    stream = io.BytesIO()
    with Image.open(path) as picture:
        picture.thumbnail((LONGEST, LONGEST))
        picture.save(stream, "JPEG")
    return stream.getvalue()
