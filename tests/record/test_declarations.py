"""What was said of a model, kept in the store: whoever wrote the file, no cell stumbles over it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.record.store import Store

MODEL, ORIGIN = "owner/model", "live"


@pytest.mark.parametrize(
    "change",
    [
        {"read": "0001-01-01T00:00:00+14:00"},
        {"read": "9999-12-31T23:59:59-14:00"},
        {"read": "lately"},
        {"read": None},
        {"schema": 2},
        {"record": []},
    ],
)
def test_what_is_damaged_counts_as_absent(tmp_path: Path, change: dict[str, Any]) -> None:
    declared = Store(tmp_path / ".runflow").declarations
    declared.keep(MODEL, ORIGIN, {"name": "A model"}, 0.0)
    assert declared.find(MODEL, ORIGIN) is not None
    (path,) = (tmp_path / ".runflow" / "models").glob("*/*.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert declared.find(MODEL, ORIGIN) is None
    assert declared.find(MODEL, None) is None
