"""Checking a key: whose it is, what is left, and what is said where it is refused or nobody answers."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from runflow_nb.clock import SystemClock
from runflow_nb.engine import standing
from runflow_nb.engine.connection import Connection
from runflow_nb.engine.loop import BackgroundLoop
from runflow_nb.engine.standing import Standing, ask_standing
from runflow_nb.errors import KeyRefused, ServerUnavailable
from runflow_nb.secret import Secret
from tests.http_server import Answer, Heard, HttpServer

KEY = "rf_live_stands_here"
ME = {"id": "u1", "memberships": [{"org": {"id": "o1", "name": "Foxes"}}, {"org": {"id": "o2"}}]}


def ask(url: str) -> Standing:
    loop = BackgroundLoop()
    connection = Connection(url, Secret(KEY), SystemClock())

    async def once() -> Standing:
        try:
            return await ask_standing(connection)
        finally:
            await connection.close()

    try:
        return loop.run(once())
    finally:
        loop.stop()


def server(me: Answer, balance: Answer) -> HttpServer:
    def answer(heard: Heard) -> Answer:
        return {"/v1/auth/me": me, "/v1/billing/balance": balance}.get(heard.path, Answer())

    return HttpServer(answer)


def told(content: object) -> Answer:
    return Answer(200, json.dumps(content).encode())


def test_organisations_and_balance_are_told() -> None:
    with server(told(ME), told({"balance": "12.50"})) as running:
        assert ask(running.url) == Standing(("Foxes", "o2"), Decimal("12.50"))
        assert {heard.method for heard in running.heard} == {"GET"}


def test_a_key_that_may_not_see_the_balance_is_a_key_all_the_same() -> None:
    with server(told({"id": "u1"}), Answer(403)) as running:
        assert ask(running.url) == Standing((), None)


def test_a_refused_key_is_said_and_not_shown() -> None:
    refusal = Answer(401, json.dumps({"error": {"code": "UNAUTHORIZED", "message": f"no such key {KEY}"}}).encode())
    with server(refusal, refusal) as running, pytest.raises(KeyRefused) as refused:
        ask(running.url)
    assert "%runflow connect live --ask" in str(refused.value)
    assert KEY not in str(refused.value)


def test_nobody_is_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "PATIENCE", 0.2)
    busy = Answer(503, b"", {"Retry-After": "30"})
    with server(busy, busy) as running, pytest.raises(ServerUnavailable, match="no answer within 0 s"):
        ask(running.url)
