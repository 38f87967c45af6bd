"""A pack of a notebook with two runs, and an empty folder elsewhere to unpack it in."""

from __future__ import annotations

from pathlib import Path

import pytest

from .made import fox_notebook, packed


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """The folder of whoever gets a pack."""
    folder = tmp_path / "there"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def packed_fox(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """`fox.ipynb` with two runs, packed."""
    folder = tmp_path_factory.mktemp("fox")
    notebook, store, _ = fox_notebook(folder / "here")
    target = packed(notebook, store, folder / "fox.runflow.zip")
    store.close()
    return target.read_bytes()


@pytest.fixture
def fox_pack(tmp_path: Path, packed_fox: bytes) -> Path:
    """The same as a file of the test's own."""
    path = tmp_path / "fox.runflow.zip"
    path.write_bytes(packed_fox)
    return path
