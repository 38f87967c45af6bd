"""One row for each thing measured, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("what", "measured", "floor", "ratio", "must", "")


@dataclass(frozen=True, slots=True)
class Row:
    """A measurement beside its floor and its must."""

    what: str
    measured: str
    floor: str
    """The same work without the product, measured in the same run."""
    ratio: float | None
    """Measured to floor; None where they cannot be compared."""
    must: str
    kept: bool
    note: str = ""
    """How it was measured, where the words of the row do not say it."""

    def cells(self) -> tuple[str, ...]:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} x"
        return self.what, self.measured, self.floor, ratio, self.must, "ok" if self.kept else "MISSED"


def table(rows: Sequence[Row]) -> str:
    """The rows, aligned, and their notes below."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("-" * width for width in widths))
    aligned = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
    notes = [f"{row.what}: {row.note}" for row in rows if row.note]
    return "\n".join([*aligned, *([""] if notes else []), *notes])
