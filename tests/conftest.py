"""What all tests share: an environment without settings of the person who runs them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No key, store or notebook of whoever runs the tests reaches them."""
    for name in list(os.environ):
        if (name.startswith("RUNFLOW_") and name != "RUNFLOW_NB_CI") or name == "JPY_SESSION_NAME":
            monkeypatch.delenv(name)
    yield
