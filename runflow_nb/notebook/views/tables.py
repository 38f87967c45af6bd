"""Tables as display bundles: aligned text, and HTML that needs no style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...plain import columns_text
from .bundles import Bundle
from .markup import QUIET, inert

TABLE = "border-collapse:collapse;margin:2px 0 6px;border:0;font-size:13px"
ROW = "background:transparent;border:0"
HEAD = f"font-weight:normal;{QUIET};padding:2px 20px 2px 0;border:0"
CELL = "vertical-align:top;padding:2px 20px 2px 0;border:0"
FOOT = f"font-size:13px;{QUIET}"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[str] = frozenset()
    """Columns that are aligned to the right."""
    wrapped: frozenset[str] = frozenset()
    """Columns that may be broken into lines; no other is."""
    remark: str = ""
    """What is said below the table."""

    def bundle(self) -> Bundle:
        return {"text/plain": self.text(), "text/html": self.html()}

    def text(self) -> str:
        table = columns_text(self.columns, self.rows, self.numbers)
        return "\n".join([table, *filter(None, [self.remark])])

    def html(self) -> str:
        head = "".join(f'<th style="{self._flow(name)};{HEAD}">{inert(name)}</th>' for name in self.columns)
        body = "".join(f'<tr style="{ROW}">{self._cells(row)}</tr>' for row in self.rows)
        remark = f'<div style="{FOOT}">{"<br>".join(map(inert, self.remark.splitlines()))}</div>' if self.remark else ""
        return (
            f'<table style="{TABLE}"><thead style="border:0"><tr style="{ROW}">{head}</tr></thead>'
            f"<tbody>{body}</tbody></table>{remark}"
        )

    def _cells(self, row: Sequence[str]) -> str:
        return "".join(
            f'<td style="{self._flow(name)};{CELL}" dir="auto">{inert(text)}</td>'
            for name, text in zip(self.columns, row, strict=True)
        )

    def _flow(self, name: str) -> str:
        side = "right" if name in self.numbers else "left"
        return f"text-align:{side};" + ("min-width:18em" if name in self.wrapped else "white-space:nowrap")
