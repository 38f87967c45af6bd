"""Listing runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .paging import Page, Shelf, page_of
from .query import Syntax
from .run import RunRecord, SandboxRun

FIELDS = (*RunRecord.__annotations__, "output")
RUNS = Shelf(
    noun="run",
    fields=FIELDS,
    plain=frozenset(FIELDS) - {"input", "output", "metadata", "context", "cost_breakdown"},
    sort="created_at:desc",
    limit=50,
)


def list_page(runs: Sequence[SandboxRun], query: Mapping[str, str], now: float, syntax: Syntax = "both") -> Page:
    """The page that the query asks for; `output` is left for the caller to fill, who signs its links.

    `now`: monotonic seconds. Raises Refusal 422 naming the parameter that is wrong.
    """
    return page_of([{**run.record(now), "output": None} for run in runs], query, RUNS, syntax)
