"""Fixtures for requests that must not reach anybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession


@pytest.fixture(scope="module")
def one_for_all() -> Iterator[EmbeddedSandbox]:
    with EmbeddedSandbox(latency=0) as running:
        yield running


@pytest.fixture
def untouched(one_for_all: EmbeddedSandbox, open_session: OpenSession) -> EmbeddedSandbox:
    """A sandbox in use that no create may reach; one for all tests, since none leaves anything in its book."""
    open_session(one_for_all.url)
    return one_for_all


@pytest.fixture
def slow() -> Iterator[EmbeddedSandbox]:
    """A sandbox in which a run takes long enough for others to come by."""
    with EmbeddedSandbox(latency=0.6) as running:
        yield running
