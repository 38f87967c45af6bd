"""A picture to upload, a sandbox of each test's own, and where its store is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.sandboxes import running

from .made import padded


@pytest.fixture(scope="module")
def large() -> bytes:
    return padded()


@pytest.fixture
def sandbox() -> Iterator[EmbeddedSandbox]:
    with running() as one:
        yield one


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / ".runflow"
