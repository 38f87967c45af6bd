"""What of a run's events stays when the run is forgotten: who, when, what it cost and which slot it holds. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..models.catalog import CATALOG

TIER = re.compile(r"[\w.]{1,12}")
"""What the resolution of a model that is not in the catalog looks like: what was paid for it is told by it."""
ALWAYS = frozenset({"v", "at", "event", "run", "from"})
KEPT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "intent": frozenset({"session", "origin", "instance", "org_id", "notebook", "tags", "model", "recipe", "input"})
        | {"run_id", "take", "key", "seed_asked", "seed_sent", "estimate", "reserved", "remake_of"},
        "accepted": frozenset({"run_id", "org_id", "twins"}),
        "resent": frozenset({"session", "key"}),
        "repeated": frozenset(),
        "amended": frozenset({"key", "seed_sent"}),
        "settled": frozenset({"billed"}),
        "finished": frozenset({"run_id", "status", "cost", "seed_returned", "duration"}),
        "priced": frozenset({"cost"}),
        "tagged": frozenset({"add", "remove"}),
        "rated": frozenset({"stars"}),
        "renumbered": frozenset({"take"}),
        "forgotten": frozenset({"inputs"}),
    }
)
"""Kind of event -> the fields that stay. What is not named here goes: any text may repeat the prompt."""


def redact(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event without prompt and pictures."""
    kept = ALWAYS | KEPT.get(str(event.get("event")), frozenset())
    redacted = {name: value for name, value in event.items() if name in kept}
    if isinstance(given := redacted.get("input"), Mapping):
        redacted["input"] = {name: value for name, value in given.items() if _priced(event.get("model"), name, value)}
    return redacted


def _priced(model: object, name: str, value: object) -> bool:
    """Whether an input says how a picture was to be made, and nothing of what it shows: numbers and closed choices."""
    if isinstance(value, bool | int | float):
        return True
    spec = CATALOG.get(model) if isinstance(model, str) else None
    field = spec.field(name) if spec else None
    if name == "resolution" and field is None:
        return isinstance(value, str) and bool(TIER.fullmatch(value))
    if field is None or not isinstance(value, str):
        return False
    return value in field.allowed or bool(field.shape and re.fullmatch(field.shape, value))
