"""A store for the pictures of each test here."""

from __future__ import annotations

from pathlib import Path

import pytest

from runflow_nb.record.disk import Disk
from runflow_nb.record.images import ImageStore


@pytest.fixture
def images(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path / "store", Disk())
