"""Bad days of the connection: each has one clear error or is healed, nothing is billed, nothing is lost."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

import runflow_nb
from runflow_nb.errors import (
    DownloadFailed,
    InsufficientCredit,
    KeyRefused,
    NotConnected,
    ServerUnavailable,
)
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.refusals import NOTHING_BILLED, QUICK, closed_port, owl, refused
from tests.http_server import Answer, Heard, HttpServer, relay


class NoNetwork(httpx.AsyncBaseTransport):
    """Fails the test that lets a request out."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"{request.method} {request.url} went out")


def test_without_a_key_the_error_names_the_three_ways_on(open_session: OpenSession, tmp_path: Path) -> None:
    open_session(transport=NoNetwork())
    refused(
        NotConnected,
        "Not connected, and this request is not on record. Nothing was sent or billed.",
        "%runflow connect live",
        "%runflow connect sandbox",
        "a notebook or store that holds the run",
    )
    assert not (tmp_path / ".runflow").exists()


def test_a_refused_key_bills_nothing_and_another_one_buys_once(
    open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "rf_live_0123456789abcdef"

    def answer(heard: Heard) -> Answer:
        if heard.path == "/v1/health":
            return Answer()
        said = f'{{"code": "UNAUTHORIZED", "message": "no such key: {heard.headers["authorization"]}"}}'
        return Answer(401, said.encode())

    monkeypatch.setenv("RUNFLOW_API_KEY", key)
    with HttpServer(answer) as server:
        open_session(server.url)
        error = refused(KeyRefused, "(401 UNAUTHORIZED)", NOTHING_BILLED, "%runflow connect live")
        refused(KeyRefused)
        assert key not in str(error)
        assert [heard.method for heard in server.heard if heard.path != "/v1/health"] == ["POST", "POST"]
    assert [(run.status, run.take) for run in runflow_nb.history(all=True)] == [("void", 1), ("void", 1)]


def test_an_empty_balance_bills_nothing_and_leaves_the_take_free(open_session: OpenSession) -> None:
    with EmbeddedSandbox(latency=0, balance=0) as poor:
        open_session(poor.url)
        refused(InsufficientCredit, "(402 INSUFFICIENT_CREDIT)", NOTHING_BILLED, "Top up at app.runflow.io", **QUICK)
        assert (poor.book.runs, poor.book.billed) == ((), 0)
        (run,) = runflow_nb.history(all=True)
        assert (run.status, run.holds_slot, run.cost) == ("void", False, None)
    with EmbeddedSandbox(latency=0) as rich:
        open_session(rich.url)
        assert owl().take == 1
        assert len(rich.book.runs) == 1


def test_a_server_that_is_gone_accepts_nothing_and_what_is_on_record_is_shown(
    open_session: OpenSession, tmp_path: Path
) -> None:
    with EmbeddedSandbox(latency=0) as sandbox:
        open_session(sandbox.url)
        run = owl()
    open_session(closed_port())
    refused(
        ServerUnavailable,
        "did not take the request: it cannot be reached. Nothing was accepted or billed.",
        "Run the cell again when it is back",
        prompt="another owl",
    )
    assert len(runflow_nb.history(all=True)) == 1
    assert owl() == run


def test_a_sandbox_that_ends_in_the_middle_leaves_no_run_that_is_waited_for(open_session: OpenSession) -> None:
    with EmbeddedSandbox(latency=60) as slow:
        session = open_session(slow.url)
        job = runflow_nb.generate("an owl", background=True, **QUICK)
        deadline = time.monotonic() + 20
        while not any(run.accepted_at for run in runflow_nb.history(all=True)):
            assert time.monotonic() < deadline
    with pytest.raises(ServerUnavailable, match=r"Nothing was accepted or billed"):
        job.wait(60)
    (run,) = runflow_nb.history(all=True)
    assert (run.status, run.failure) == ("void", "the sandbox that ran it is gone")
    assert session.engine(session.settings()).open_runs() == []
    with EmbeddedSandbox(latency=0) as next_one:
        open_session(next_one.url)
        assert owl().take == 1
        assert len(next_one.book.runs) == 1


def test_a_picture_that_only_an_answer_held_is_not_said_to_be_had_again(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    """With sync_mode the API keeps nothing: what is lost is said to be, and is not bought again unasked."""

    def forgotten(_: Heard, answer: Any) -> Any:
        return {**answer, "output": {"outputs": []}} if answer.get("output") else answer

    with HttpServer(relay(sandbox.url, forgotten)) as server:
        open_session(server.url)
        for _ in range(2):
            with pytest.raises(DownloadFailed, match="the API may not\n  have them any more"):
                owl(sync_mode=True)
    assert len(sandbox.book.runs) == 1
