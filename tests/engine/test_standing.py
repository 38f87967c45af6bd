"""Checking a key: whose it is, what is left, and what is said where it is refused or nobody answers."""

from __future__ import annotations

import copy
import json
from decimal import Decimal

import pytest

from runflow_nb.api.account import Balance, read_account
from runflow_nb.clock import SystemClock
from runflow_nb.engine import standing
from runflow_nb.engine.connection import Connection
from runflow_nb.engine.loop import BackgroundLoop
from runflow_nb.engine.standing import Standing, ask_standing
from runflow_nb.errors import AccessDenied, KeyRefused, ServerUnavailable
from runflow_nb.sandbox.accounts.switches import AccountSwitches
from runflow_nb.secret import Secret
from tests.http_server import Answer, Heard, HttpServer
from tests.sandboxes import running

KEY = "rf_live_stands_here"
ME = {"id": "u1", "memberships": [{"org": {"id": "o1", "name": "Foxes"}}, {"org": {"id": "o2"}}]}


def told(content: object) -> Answer:
    return Answer(200, json.dumps(content).encode())


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
        answers = {"/v1/health": Answer(), "/v1/auth/me": me, "/v1/billing/balance": balance}
        return answers.get(heard.path.partition("?")[0], Answer(404))

    return HttpServer(answer)


def test_organisations_and_balance_are_told() -> None:
    with server(told(ME), told({"balance": "12.50", "low_balance_threshold": "5"})) as api:
        found = ask(api.url)
        assert found.organizations == ("Foxes", "o2")
        assert found.balance == Balance(Decimal("12.50"), Decimal(5))
        assert {heard.method for heard in api.heard} == {"GET"}


@pytest.mark.parametrize("answer", [Answer(403), Answer(404), Answer(405), Answer(402), told({"credit": "a lot"})])
def test_a_balance_that_is_not_told_is_none(answer: Answer) -> None:
    with server(told({"id": "u1"}), answer) as api:
        found = ask(api.url)
        assert (found.organizations, found.balance) == ((), None)


def test_a_balance_is_not_waited_for_long_where_the_key_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "GLANCE", 0.1)
    with server(told(ME), Answer(503, b"", {"Retry-After": "30"})) as api:
        assert ask(api.url) == Standing(read_account(ME), None)


def test_a_key_that_lacks_permissions_learns_which() -> None:
    lacks = AccountSwitches(lacks=("credit_balance:read", "runs:create"), memberships="embedded")
    with running(accounts=lacks) as sandbox:
        found = ask(sandbox.url)
    assert found.balance is None
    assert found.account is not None
    assert [each.missing() for each in found.account.memberships] == [["runs:create", "credit_balance:read"]]


@pytest.mark.parametrize("status", [403, 404])
def test_a_key_that_may_not_see_its_account_has_a_balance_all_the_same(status: int) -> None:
    with server(Answer(status), told({"balance_cents": 1250, "currency": "USD"})) as api:
        assert ask(api.url) == Standing(None, Balance(Decimal("12.5")))


@pytest.mark.parametrize(
    ("code", "way"),
    [("ORGANIZATION_MEMBERSHIP_REQUIRED", "The setting organization"), ("EMAIL_NOT_VERIFIED", "Confirm the e-mail")],
)
def test_a_key_that_may_do_nothing_is_told_why(code: str, way: str) -> None:
    refusal = Answer(403, json.dumps({"code": code, "message": "no"}).encode())
    with server(refusal, refusal) as api, pytest.raises(AccessDenied, match=way) as denied:
        ask(api.url)
    assert copy.copy(denied.value).next_step == denied.value.next_step


def test_a_refused_key_is_said_and_not_shown() -> None:
    refusal = Answer(401, json.dumps({"error": {"code": "UNAUTHORIZED", "message": f"no such key {KEY}"}}).encode())
    with server(refusal, refusal) as api, pytest.raises(KeyRefused) as refused:
        ask(api.url)
    assert "%runflow connect live --ask" in str(refused.value)
    assert KEY not in str(refused.value)


def test_nobody_is_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "PATIENCE", 0.2)
    busy = Answer(503, b"", {"Retry-After": "30"})
    with server(busy, busy) as api, pytest.raises(ServerUnavailable, match="no answer within 0 s"):
        ask(api.url)
