"""Packs that somebody forged, and what unpacking says to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from runflow_nb.errors import (
    NotUnpacked,
)
from runflow_nb.pack.unpacking import unpack
from runflow_nb.record.store import Store
from runflow_nb.secret import Secret

from .made import entries, resealed, tree, zipped

KEY = "rf_live_0123456789abcdef"


Files = dict[str, bytes]


def refusal(pack: Path, there: Path, key: Secret | None = None) -> NotUnpacked:
    """What unpacking is refused with; nothing is written, also not beside the folder."""
    around = tree(there.parent)
    with pytest.raises(NotUnpacked) as refused:
        unpack(pack, there, Store(there / ".runflow"), key)
    assert tree(there.parent) == around
    assert KEY not in str(refused.value)
    assert "Nothing was written" in str(refused.value)
    return refused.value


def forged(pack: Path, change: Callable[[Files], Files | None]) -> Path:
    """The pack with its files changed and a manifest that fits them."""
    files = entries(pack)
    changed = resealed(change(files) or files)
    return zipped(pack.with_name("forged.zip"), changed.items())


def journal_name(files: Files) -> str:
    return next(name for name in files if name.endswith(".jsonl"))
