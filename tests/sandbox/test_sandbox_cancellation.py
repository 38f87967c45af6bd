"""Runs that an administrator cancels: who may, what becomes of them, what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from runflow_nb.sandbox.callbacks.switches import read_switches
from runflow_nb.sandbox.embedded import EmbeddedSandbox

from ..sandboxes import running
from .callbacks import Receiver, deliveries, stack
from .conftest import NANO_2, Caller, MovedClock, caller

__all__ = ["stack"]

UNKNOWN = "0198f2a4-5c1e-7b21-9f37-0c6f4e1d2a90"


@pytest.fixture(scope="module")
def endless() -> Iterator[EmbeddedSandbox]:
    """Its runs are under way at once and never end by themselves."""
    with running(faults="create: hangs") as sandbox:
        yield sandbox


@pytest.fixture
def call(endless: EmbeddedSandbox) -> Iterator[Caller]:
    with caller(endless) as client:
        yield client


@pytest.fixture
def admin(endless: EmbeddedSandbox) -> Iterator[Caller]:
    with caller(endless, "rf_svc_nobodys") as client:
        yield client


def cancel(call: Caller, run_id: str, **given: object) -> httpx.Response:
    return call.post(f"/v1/admin/runs/{run_id}/cancellation", **given)  # type: ignore[arg-type]


def test_an_administrator_cancels_any_run_once(call: Caller, admin: Caller) -> None:
    run_id = call.create().json()["id"]
    first = cancel(admin, run_id.upper(), json={"reason": "no longer wanted"})
    again = cancel(admin, run_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["status_code"] == "canceled"
    assert first.json() == again.json() == call.get(f"/v1/runs/{run_id}").json()
    assert first.json()["output"] is None
    assert first.json()["completed_at"] >= first.json()["started_at"]


def test_an_ordinary_key_may_not(call: Caller, admin: Caller) -> None:
    run_id = call.create().json()["id"]
    answer = cancel(call, run_id)
    assert (answer.status_code, answer.json()["code"]) == (403, "PERMISSION_DENIED")
    assert call.get(f"/v1/runs/{run_id}").json()["status_code"] == "running"
    assert cancel(admin, UNKNOWN).json()["code"] == "RUN_NOT_FOUND"


@pytest.mark.parametrize("body", [{"reason": "no"}, {"reason": "x" * 501}, {"reason": 5}, [], "why"])
def test_a_reason_has_3_to_500_characters(call: Caller, admin: Caller, body: object) -> None:
    run_id = call.create().json()["id"]
    answer = cancel(admin, run_id, json=body)
    place = ["body", "reason"] if isinstance(body, dict) else ["body"]
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, place)
    for fine in ({"reason": None}, {"reason": "x" * 500}):
        assert cancel(admin, run_id, json=fine).status_code in (200, 201)


def test_what_has_begun_is_billed_and_what_waits_is_not() -> None:
    clock = MovedClock()
    with running(latency=10, clock=clock) as sandbox, caller(sandbox) as call, caller(sandbox, "rf_svc_x") as admin:
        waiting, under_way = call.create().json()["id"], call.create().json()["id"]
        early = cancel(admin, waiting).json()
        clock.now += 5
        late = cancel(admin, under_way).json()
        assert (early["cost"], early["started_at"], early["duration_ms"]) == ("0", None, 0)
        assert (late["cost"], late["duration_ms"]) == ("0.06", 5000)
        assert late["started_at"] is not None
        assert call.get("/v1/billing/balance").json()["balance"] == "9.94"
        clock.now += 60
        assert [call.get(f"/v1/runs/{each}").json()["status_code"] for each in (waiting, under_way)] == ["canceled"] * 2


def test_what_comes_of_it_later_is_dropped() -> None:
    """A run that was made, but whose time is not over."""
    clock = MovedClock()
    with running(latency=10, clock=clock) as sandbox, caller(sandbox) as own, caller(sandbox, "rf_svc_x") as admin:
        run_id = own.create().json()["id"]
        cancel(admin, run_id)
        clock.now += 60
        made = sandbox._desk.runs[run_id].painted.result(timeout=20)
        assert made.artifacts
        assert own.get(f"/v1/runs/{run_id}").json()["output"] is None


def test_whoever_is_called_back_learns_of_it(admin: Caller, stack: ExitStack) -> None:
    receiver = Receiver(stack, 200)
    with running(faults="create: hangs", callbacks=read_switches(["gaps=0"])) as sandbox, caller(sandbox) as call:
        body = {"input": {"prompt": "a fox in the snow"}, "callback_url": receiver.url}
        run_id = call.post(f"/v1/models/{NANO_2}/runs", json=body).json()["id"]
        with caller(sandbox, "rf_svc_x") as other:
            assert cancel(other, run_id).status_code == 201
        (delivery,) = deliveries(call, run_id)
    payload = delivery["payload"]
    assert (payload["event"], payload["status"], payload["output"]) == ("run.cancelled", "cancelled", None)
