"""Dialects that are told by switches the sandbox has anyway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..switches import Switches

CALLBACKS: Mapping[str, Mapping[str, Any]] = {
    "callback-canceled": {"cancelled": "canceled"},
    "callback-error": {"failed_output": "error"},
    "callback-partial": {"partial": "partial_succeeded"},
    "callback-retry": {"retry": "not-2xx"},
    "callback-payload": {"listing": "payload"},
}
WEEK = 7 * 24 * 3600.0


def with_dialects(switches: Switches) -> Switches:
    """The same with every switch set that one of its dialects means."""
    spoken = switches.dialects
    changes = {name: value for dialect in CALLBACKS.keys() & spoken for name, value in CALLBACKS[dialect].items()}
    return replace(
        switches,
        callbacks=replace(switches.callbacks, **changes),
        rate_limit_headers=switches.rate_limit_headers or "rate-limit-headers" in spoken,
        assets=replace(switches.assets, links=WEEK) if "asset-links-week" in spoken else switches.assets,
    )
