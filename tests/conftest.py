"""What all tests share: an environment without settings of the person who runs them, a sandbox, and sessions on it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from runflow_nb import calls, settings
from runflow_nb.engine.session import Session
from runflow_nb.record import ids
from runflow_nb.sandbox.embedded import EmbeddedSandbox


def pytest_configure() -> None:
    """What is started in the background of a shell ignores interrupts, and so does all that it starts: these tests send
    some, to themselves and to programs."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, store or notebook of whoever runs the tests reaches them."""
    for name in list(os.environ):
        if (name.startswith("RUNFLOW_") and name != "RUNFLOW_NB_CI") or name == "JPY_SESSION_NAME":
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def ids_of_this_test_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process draws each id above its last, and a test may have set the clock forward."""
    monkeypatch.setattr(ids, "_last", ids._last)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of the test's own."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def sandbox() -> Iterator[EmbeddedSandbox]:
    """A sandbox of this test's own, with an empty book, that ends every run at once."""
    with EmbeddedSandbox(latency=0) as running:
        yield running


class OpenSession(Protocol):
    """Puts a new session in use: at this address, with this store, through these seams."""

    def __call__(self, base_url: str | None = None, *, store: Path | None = None, **seams: Any) -> Session: ...


@pytest.fixture
def open_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenSession]:
    """Sessions as processes of their own would have them; all are closed when the test ends."""
    opened: list[Session] = []

    def open_(base_url: str | None = None, *, store: Path | None = None, **seams: Any) -> Session:
        if base_url is not None:
            monkeypatch.setenv("RUNFLOW_BASE_URL", base_url)
        monkeypatch.setenv("RUNFLOW_NB_STORE", str(store or tmp_path / ".runflow"))
        session = Session(start_sandbox=calls.start_sandbox, **seams)
        opened.append(session)
        calls.use(session)
        return session

    yield open_
    calls.use(None)
    settings.configured.clear()
    for session in opened:
        session.close()


@pytest.fixture
def session(sandbox: EmbeddedSandbox, open_session: OpenSession) -> Session:
    """A session on the sandbox, its store in the test's own folder."""
    return open_session(sandbox.url)
