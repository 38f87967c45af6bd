"""What the API's list said of models that no page describes: `models/ORIGIN/MODEL.json`, each with the day it was read.

It goes into git with the journal, so that a cell with such a model is understood wherever the notebook goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from .disk import Disk
from .journal import moment

FOLDER = "models"
SCHEMA = 1
KEPT = ("name", "slug", "description", "price_label", "pricing_note", "updated_at")
INPUT_KEPT = (
    *("name", "display_name", "description", "variable_type_code", "default_behavior_code", "validator_code"),
    *("validator_attrs", "is_required", "default_value", "sort_order"),
)
OUTPUT_KEPT = ("name", "variable_type_code", "sort_order")
LARGEST = 2**20
"""Bytes of such a file at the most."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What was said of one model."""

    model: str
    origin: str
    read_at: datetime
    record: Mapping[str, Any]
    """As the API told it, without what nobody here needs."""


class Declarations:
    """The folder `models` of a store."""

    def __init__(self, root: Path, disk: Disk) -> None:
        self._folder = root / FOLDER
        self._disk = disk

    def find(self, model: str, origin: str | None) -> Declaration | None:
        """What was said of this model there; with None anywhere, the newest."""
        origins = [origin] if origin is not None else self._origins()
        found = [one for each in origins if (one := _read(self._path(each, model))) is not None]
        return max(found, key=lambda one: one.read_at, default=None)

    def models(self) -> list[str]:
        """The models of which something is known, by id. Reads names only."""
        try:
            return sorted({unquote(path.stem) for path in self._folder.glob("*/*.json")})
        except OSError:
            return []

    def keep(self, model: str, origin: str, record: Mapping[str, Any], now: float) -> Declaration:
        """Write down what was said now (`now`: Unix seconds). Raises StoreUnavailable."""
        declared = Declaration(model, origin, datetime.fromtimestamp(now, UTC), trimmed(record))
        told = {"schema": SCHEMA, "model": model, "origin": origin, "read": moment(now), "record": declared.record}
        text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
        self._disk.replace(self._path(origin, model), f"{text}\n".encode())
        return declared

    def _path(self, origin: str, model: str) -> Path:
        return self._folder / quote(origin, safe="") / f"{quote(model, safe='')}.json"

    def _origins(self) -> list[str]:
        try:
            return sorted(unquote(path.name) for path in self._folder.iterdir() if path.is_dir())
        except OSError:
            return []


def trimmed(record: Mapping[str, Any]) -> dict[str, Any]:
    """Of a model's record what tells what it takes and gives."""
    kept: dict[str, Any] = {name: record[name] for name in KEPT if record.get(name) is not None}
    kept["inputs"] = list(_trimmed(record.get("inputs"), INPUT_KEPT))
    kept["outputs"] = list(_trimmed(record.get("outputs"), OUTPUT_KEPT))
    return kept


def _trimmed(entries: object, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, Mapping):
            yield {name: entry[name] for name in names if entry.get(name) is not None}


def _read(path: Path) -> Declaration | None:
    """What is damaged or of another schema counts as absent: it can be asked for again."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        told = json.loads(path.read_bytes())
        if told["schema"] != SCHEMA or not isinstance(told["record"], dict):
            return None
        read_at = datetime.fromisoformat(str(told["read"]))
        return Declaration(str(told["model"]), str(told["origin"]), read_at.astimezone(UTC), told["record"])
    except (OSError, ValueError, OverflowError, KeyError, TypeError, RecursionError):
        return None
