"""Keys, the organizations they belong to, what they may do, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from runflow_nb.sandbox.accounts.scopes import SCOPES
from runflow_nb.sandbox.accounts.switches import AccountSwitches, read_account_switches
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.sandbox.switches import Readiness, Switches
from runflow_nb.sandbox.switching import BadSwitch

from ..sandboxes import running
from .conftest import NANO_2, Caller, MovedClock, Started, caller

NOWHERE = "/v1/runs/0198f2a4-5c1e-7b21-9f37-0c6f4e1d2a90"
NO_ASSET = "/v1/assets/0198f2a4-5c1e-7b21-9f37-0c6f4e1d2a90"


@pytest.fixture(scope="module")
def shared() -> Iterator[EmbeddedSandbox]:
    """Every key here belongs to two organizations beside its own."""
    with running(accounts=read_account_switches(["organizations=foxes,owls"])) as sandbox:
        yield sandbox


def organizations(call: Caller) -> dict[str, str]:
    """Name -> id."""
    entries = call.get("/v1/auth/me").json()["memberships"]
    return {entry["org"]["name"]: entry["org"]["id"] for entry in entries}


def acting_for(sandbox: EmbeddedSandbox, key: str, org_id: str) -> Caller:
    client = caller(sandbox, key)
    client.headers["X-Organization-Id"] = org_id
    return client


def test_a_key_acts_for_the_organization_that_is_asked_for(shared: EmbeddedSandbox) -> None:
    with caller(shared, "ada") as own:
        known = organizations(own)
        assert list(known) == ["Sandbox", "Foxes", "Owls"]
        with (
            acting_for(shared, "ada", known["Foxes"].upper()) as foxes,
            acting_for(shared, "ada", known["Owls"]) as owls,
        ):
            run = foxes.made()
            assert run["org_id"] == known["Foxes"]
            assert foxes.get("/v1/billing/balance").json()["balance"] == "9.94"
            for other in (own, owls):
                answer = other.get(f"/v1/runs/{run['id']}")
                assert (answer.status_code, answer.json()["code"]) == (404, "RUN_NOT_FOUND")
                assert other.get("/v1/runs").json()["items"] == []
                assert other.get("/v1/billing/balance").json()["balance"] == "10"


def test_an_organization_is_shared_by_its_keys_and_a_keys_own_is_not(shared: EmbeddedSandbox) -> None:
    with caller(shared, "ada") as ada, caller(shared, "bob") as bob:
        assert organizations(ada)["Owls"] == organizations(bob)["Owls"]
        assert organizations(ada)["Sandbox"] != organizations(bob)["Sandbox"]
        with acting_for(shared, "ada", organizations(ada)["Owls"]) as first:
            run_id = first.made()["id"]
        with acting_for(shared, "bob", organizations(ada)["Owls"]) as second:
            assert second.get(f"/v1/runs/{run_id}").status_code == 200
        with acting_for(shared, "bob", organizations(ada)["Sandbox"]) as stranger:
            answer = stranger.get("/v1/runs")
            assert (answer.status_code, answer.json()["code"]) == (403, "ORGANIZATION_MEMBERSHIP_REQUIRED")


def test_memberships_may_have_to_be_asked_for() -> None:
    with running(accounts=AccountSwitches(memberships="embedded")) as sandbox, caller(sandbox) as call:
        assert "memberships" not in call.get("/v1/auth/me").json()
        asked = call.get("/v1/auth/me", params={"embed": "organizations,memberships"}).json()
        assert asked["memberships"][0]["scopes"] == list(SCOPES)


NEEDS: dict[str, list[tuple[str, str]]] = {
    "runs:create": [("POST", f"/v1/models/{NANO_2}/runs")],
    "runs:read": [("GET", "/v1/runs"), ("GET", NOWHERE), ("GET", f"{NOWHERE}/callback")],
    "runs:execute": [("POST", f"{NOWHERE}/callback-redeliveries")],
    "assets:create": [("POST", "/v1/asset-uploads")],
    "assets:read": [("GET", NO_ASSET), ("GET", "/v1/assets/types")],
    "credit_balance:read": [("GET", "/v1/billing/balance"), ("GET", "/v1/credit-balances")],
}


def test_what_needs_a_scope_is_refused_without_it_and_only_that() -> None:
    for lacking in ([*NEEDS][::2], [*NEEDS][1::2]):
        with running(accounts=AccountSwitches(lacks=tuple(lacking))) as sandbox, caller(sandbox) as call:
            for scope, addresses in NEEDS.items():
                for method, path in addresses:
                    answer = call.request(method, path, json={} if method == "POST" else None)
                    if scope in lacking:
                        assert (answer.status_code, answer.json()["code"]) == (403, "PERMISSION_DENIED"), path
                        assert scope in answer.json()["message"]
                    else:
                        assert answer.status_code != 403, path
            (membership,) = call.get("/v1/auth/me").json()["memberships"]
            assert set(membership["scopes"]) == set(SCOPES) - set(lacking)
            assert sandbox.book.runs == ()


def test_an_address_that_was_not_confirmed_leaves_a_key_its_account_only() -> None:
    with running(accounts=AccountSwitches(email="unverified")) as sandbox, caller(sandbox) as call:
        assert call.get("/v1/auth/me").json()["email_verified_at"] is None
        for answer in (call.create(), call.get("/v1/runs"), call.get("/v1/billing/balance"), call.get("/v1/models")):
            assert (answer.status_code, answer.json()["code"]) == (403, "EMAIL_NOT_VERIFIED")


@pytest.mark.parametrize("headers", [False, True])
def test_one_request_too_many_a_minute_is_429_for_that_organization_alone(headers: bool) -> None:
    clock = MovedClock()
    clock.now = 1_780_000_030.0 // 60 * 60 + 15
    with (
        running(rate_limit=3, rate_limit_headers=headers, clock=clock) as sandbox,
        caller(sandbox) as call,
        caller(sandbox) as other,
    ):
        answers = [call.get("/v1/runs") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[3].json()["code"] == "RATE_LIMITED"
        assert other.get("/v1/runs").status_code == 200
        assert httpx.get(f"{sandbox.url}/v1/health", trust_env=False).status_code == 200
        if headers:
            assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
            assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {"3"}
            assert answers[3].headers["retry-after"] == "45"
        else:
            assert not {"retry-after", "x-ratelimit-limit"} & answers[3].headers.keys()
        clock.now += 45
        assert call.get("/v1/runs").status_code == 200


@pytest.mark.parametrize(
    ("word", "status", "said"),
    [
        ("ok", 200, ("ok", "ok")),
        ("redis-degraded", 200, ("ok", "degraded")),
        ("redis-missing", 503, ("ok", "missing")),
        ("database-down", 503, ("down", "ok")),
    ],
)
def test_readiness_is_200_also_where_redis_is_degraded(word: Readiness, status: int, said: tuple[str, str]) -> None:
    with running(readiness=word) as sandbox:
        answer = httpx.get(f"{sandbox.url}/v1/readiness", trust_env=False)
        assert (answer.status_code, answer.json()["database"], answer.json()["redis"]) == (status, *said)
        assert httpx.get(f"{sandbox.url}/v1/health", trust_env=False).status_code == 200


def test_the_sum_below_which_a_balance_is_low_can_be_set(call: Caller) -> None:
    assert call.get("/v1/billing/balance").json()["low_balance_threshold"] == "0"
    moment = "2026-05-06T10:00:00Z"
    answer = call.patch("/v1/billing/balance", json={"low_balance_threshold": "2.50", "updated_at": moment})
    assert (answer.status_code, answer.json()["low_balance_threshold"], answer.json()["balance"]) == (200, "2.5", "10")
    assert call.get("/v1/billing/balance").json()["low_balance_threshold"] == "2.5"
    sums: tuple[Any, ...] = (-1, "much", None, True, [], {})
    for wrong in sums:
        refused = call.patch("/v1/billing/balance", json={"low_balance_threshold": wrong})
        assert refused.status_code == 422, wrong
        assert refused.json()["errors"][0]["loc"] == ["body", "low_balance_threshold"]
    assert call.patch("/v1/billing/balance", json=[]).status_code == 422


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("organisations=a", "did you mean organizations="),
        ("lacks=runs:creat", "did you mean runs:create"),
        ("email", "email is no switch"),
        ("email=maybe", "email takes verified or unverified, not maybe"),
    ],
)
def test_switches_that_make_no_sense_are_named(word: str, said: str) -> None:
    with pytest.raises(BadSwitch, match=said):
        read_account_switches([word])


def test_switches_are_read_from_the_command_line(started: Started, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--account", "organizations=a, b", "--account", "lacks=runs:read", "--rate-limit", "5"]
    switches = started(*words, "--readiness", "redis-missing")
    assert switches.accounts == AccountSwitches(organizations=("a", "b"), lacks=("runs:read",))
    assert (switches.rate_limit, switches.readiness) == (5, "redis-missing")
    for wrong in (["--account", "lacks=x"], ["--rate-limit", "-1"], ["--readiness", "fine"]):
        with pytest.raises(SystemExit):
            started(*wrong)
    assert "x is no scope" in capsys.readouterr().err
    with pytest.raises(ValueError, match="readiness takes ok"):
        Switches(readiness="fine")  # type: ignore[arg-type]
