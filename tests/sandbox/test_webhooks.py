"""Webhooks of an organization: kept, told of every run that ends, and what was sent to them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from runflow_nb.sandbox.callbacks.webhooks import EVENT_TYPES
from runflow_nb.sandbox.embedded import EmbeddedSandbox

from ..sandboxes import running
from .callbacks import QUICK, Receiver, asked, deliveries, signature, stack
from .conftest import Caller, caller
from .told import wait_until

__all__ = ["stack"]

UNKNOWN = "0198f2a4-5c1e-7b21-9f37-0c6f4e1d2a90"
NOWHERE = "http://127.0.0.1:9/hook"


@pytest.fixture(scope="module")
def quick() -> Iterator[EmbeddedSandbox]:
    with running(callbacks=QUICK) as sandbox:
        yield sandbox


@pytest.fixture
def call(quick: EmbeddedSandbox) -> Iterator[Caller]:
    with caller(quick) as client:
        yield client


def hook(call: Caller, url: str, **members: Any) -> dict[str, Any]:
    answer = call.post("/v1/webhooks", json={"url": url, **members})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def sent(call: Caller, webhook_id: str, number: int = 1) -> list[dict[str, Any]]:
    """What was sent to it, when so many deliveries have ended."""
    found: list[dict[str, Any]] = []

    def ended() -> bool:
        found[:] = call.get(f"/v1/webhooks/{webhook_id}/deliveries").json()["items"]
        return len([each for each in found if each["completed_at"]]) == number

    wait_until(ended)
    return found


def test_webhooks_are_kept_changed_and_deleted_and_tell_their_secret_once(call: Caller) -> None:
    made = hook(call, NOWHERE, name="studio", secret="whsec_mine", events=["run.failed"])
    assert made.pop("plain_secret") == "whsec_mine"
    path = f"/v1/webhooks/{made['id']}"
    assert call.get(path).json() == made == call.get("/v1/webhooks").json()["items"][0]
    assert (made["name"], made["events"], made["is_active"]) == ("studio", ["run.failed"], True)
    changed = call.patch(path, json={"event_types": None, "label": "lab", "is_active": False}).json()
    assert (changed["name"], changed["events"], changed["is_active"]) == ("lab", list(EVENT_TYPES), False)
    assert changed["url"] == NOWHERE
    assert call.patch(path, json={"secret": "whsec_other"}).json()["key_prefix"] == "whsec_othe"
    assert call.delete(path).status_code == 204
    assert call.get(path).status_code == call.delete(path).status_code == 404
    assert call.get("/v1/webhooks").json() == {"items": [], "next_pq": None, "prev_pq": None}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, "url"),
        ({"url": "ftp://x"}, "url"),
        ({"url": NOWHERE, "events": ["run.begun"]}, "events"),
        ({"url": NOWHERE, "secret": ""}, "secret"),
        ({"url": NOWHERE, "name": "x" * 256}, "name"),
        ({"url": NOWHERE, "is_active": "yes"}, "is_active"),
    ],
)
def test_what_cannot_be_used_is_named(call: Caller, body: Any, wrong: str) -> None:
    answer = call.post("/v1/webhooks", json=body)
    assert (answer.status_code, [error["loc"] for error in answer.json()["errors"]]) == (422, [["body", wrong]])
    assert call.post("/v1/webhooks", json=[]).status_code == 422


def test_members_whose_names_nobody_knows_are_passed_over(call: Caller) -> None:
    made = hook(call, NOWHERE, target="x", subscriptions=[1])
    assert made["events"] == list(EVENT_TYPES)
    assert made["plain_secret"].startswith("whsec_")


def test_event_types_are_told(call: Caller) -> None:
    codes = [each["code"] for each in call.get("/v1/webhooks/event-types").json()["items"]]
    assert codes == ["run.completed", "run.failed", "run.cancelled", "run.partial_succeeded"]
    assert call.get("/v1/webhooks/event-types/run.failed").json()["code"] == "run.failed"
    assert call.get("/v1/webhooks/event-types/run.begun").status_code == 404


def test_every_run_is_told_of_and_signed_with_the_webhooks_own_secret(call: Caller, stack: ExitStack) -> None:
    receiver = Receiver(stack, 500, 200)
    made = hook(call, receiver.url)
    run = call.made()
    (delivery,) = sent(call, made["id"])
    first, second = receiver.heard
    assert first.body == second.body
    assert first.headers["runflow-signature"] == signature(made["plain_secret"], first.body)
    payload = json.loads(first.body)
    assert (payload["event"], payload["run_id"], payload["status"]) == ("run.completed", run["id"], "succeeded")
    assert list(payload) == [
        "event", "run_id", "status", "output", "duration_ms", "created_at", "completed_at", "metadata"
    ]  # fmt: skip
    assert (delivery["webhook_id"], delivery["payload"]) == (made["id"], payload)
    assert (delivery["status_code"], delivery["attempt_count"]) == ("delivered", 2)
    assert call.get(f"/v1/runs/{run['id']}/callback").json() == []


def test_deliveries_and_their_attempts_are_read_one_by_one(call: Caller, stack: ExitStack) -> None:
    made = hook(call, Receiver(stack, 400).url)
    call.made()
    (delivery,) = sent(call, made["id"])
    path = f"/v1/webhooks/{made['id']}/deliveries/{delivery['id']}"
    assert call.get(path).json() == delivery
    (attempt,) = call.get(f"{path}/attempts").json()["items"]
    assert (attempt["status_code"], attempt["attempt_number"]) == (400, 1)
    assert call.get(f"{path}/attempts/{attempt['id']}").json() == attempt
    assert call.get(f"/v1/webhooks/any/deliveries/{delivery['id']}").json() == delivery
    for missing in (f"{path}/attempts/{UNKNOWN}", f"/v1/webhooks/any/deliveries/{UNKNOWN}", f"/v1/webhooks/{UNKNOWN}"):
        assert call.get(missing).status_code == 404


def test_a_webhook_is_told_only_of_what_it_asked_for(stack: ExitStack) -> None:
    receivers = [Receiver(stack, 200) for _ in range(3)]
    with running(callbacks=QUICK, faults="create: fails 1st") as sandbox, caller(sandbox) as call:
        failures = hook(call, receivers[0].url, events=["run.failed"])["id"]
        every = hook(call, receivers[1].url)["id"]
        hook(call, receivers[2].url, is_active=False)
        for _ in range(2):
            call.made()
        assert [each["payload"]["event"] for each in sent(call, failures)] == ["run.failed"]
        assert {each["payload"]["event"] for each in sent(call, every, 2)} == {"run.failed", "run.completed"}
        assert len(call.get("/v1/webhooks/any/deliveries").json()["items"]) == 3
        assert receivers[2].heard == []


def test_a_run_that_goes_on_is_told_of_to_a_webhook_made_meanwhile(stack: ExitStack) -> None:
    receiver = Receiver(stack, 200)
    with running(callbacks=QUICK, faults="create: hangs") as sandbox, caller(sandbox) as call:
        run_id = call.create().json()["id"]
        made = hook(call, receiver.url)
        with caller(sandbox, "rf_svc_x") as admin:
            admin.post(f"/v1/admin/runs/{run_id}/cancellation")
        (delivery,) = sent(call, made["id"])
        assert delivery["payload"]["event"] == "run.cancelled"


def test_the_runs_own_callback_goes_out_beside_it(call: Caller, stack: ExitStack) -> None:
    hooked, called = Receiver(stack, 200), Receiver(stack, 200)
    made = hook(call, hooked.url)
    run_id = asked(call, called.url)["id"]
    (own,) = deliveries(call, run_id)
    assert "webhook_id" not in own
    hooks = sent(call, made["id"])[0]["payload"]
    # Each signs its links when it goes out.
    assert {**hooks, "output": None} == {**own["payload"], "output": None}
    assert hooks["output"]["outputs"][0]["width"] == own["payload"]["output"]["outputs"][0]["width"]
    assert (len(hooked.heard), len(called.heard)) == (1, 1)


def test_webhooks_belong_to_their_organization_and_reach_this_machine_only(
    call: Caller, quick: EmbeddedSandbox
) -> None:
    made = hook(call, "https://example.org/hook")
    with caller(quick) as other:
        assert other.get(f"/v1/webhooks/{made['id']}").status_code == 404
        assert other.get("/v1/webhooks").json()["items"] == []
        other.made()
    call.made()
    (delivery,) = sent(call, made["id"])
    assert (delivery["status_code"], delivery["failure_reason_code"]) == ("failed", "not_loopback")
