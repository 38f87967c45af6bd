"""A history narrowed by what stands in the fields above the grid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...record.history import History

LONGEST = 1000
"""Characters of a condition."""
CONDITIONS: Mapping[str, Callable[[str], Any]] = {
    "text": str,
    "model": str,
    "tag": str,
    "stars": int,
    "since": str,
    "until": str,
    "min_cost": str,
    "max_cost": str,
}
"""Field of the page -> how `History.where` takes it."""


def narrowed(history: History, given: Mapping[str, Any]) -> tuple[History, dict[str, str]]:
    """The runs for which all these hold, and what is wrong with a field, which is then left out."""
    problems: dict[str, str] = {}
    for name, read in CONDITIONS.items():
        value = str(given.get(name) or "").strip()[:LONGEST]
        if not value:
            continue
        try:
            history = history.where(**{name: read(value)})
        except ValueError as reason:
            problems[name] = str(reason)
    return history, problems
