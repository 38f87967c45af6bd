"""Stores on a real disk, and a clock that only moves when it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runflow_nb.record.store import Store

from .made import BEGIN


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self, now: float = BEGIN) -> None:
        self.now = now

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "work" / ".runflow"


@pytest.fixture
def store(root: Path) -> Iterator[Store]:
    opened = Store(root)
    yield opened
    opened.close()
