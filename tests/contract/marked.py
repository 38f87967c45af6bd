"""Parameters that carry the line which they are about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.contract.lines import Side
from tests.contract.pages import PAGES, Row


def marked(side: Side, line: str, *values: Any) -> Any:
    """These values as one set of parameters."""
    return pytest.param(*values, marks=getattr(pytest.mark, side)(line), id=line)


def pages(side: Side, line: str) -> list[Any]:
    """`page` for each of the two, about its line of this name."""
    return [marked(side, f"{page.name}/{line}", page) for page in PAGES]


def inputs(side: Side, only: Iterable[Row] | None = None) -> list[Any]:
    """`page, row` for every row of the two input tables, or of those that are given."""
    chosen = None if only is None else {id(row) for row in only}
    return [
        marked(side, f"{page.name}/input/{row.name}", page, row)
        for page in PAGES
        for row in page.input
        if chosen is None or id(row) in chosen
    ]
