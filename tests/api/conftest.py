"""A real sandbox for this room, and an environment without proxies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own proxy has no part in the tests."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[EmbeddedSandbox]:
    """Ends every run at once."""
    with EmbeddedSandbox(latency=0, balance=1_000) as running:
        yield running
