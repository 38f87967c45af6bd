"""Callbacks as receivers on this machine meet them, by the raw bytes that come."""

from __future__ import annotations

import itertools
import json
import socket
import threading
import time
import uuid
from contextlib import ExitStack
from datetime import datetime

import httpx
import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox

from ..sandboxes import running
from .callbacks import HOOK, Receiver, asked, call, deliveries, quick, secret, signature, stack, switched, told
from .conftest import DEADLINE, Caller, caller
from .test_faults import NeverWaits
from .told import wait_until

__all__ = ["call", "quick", "stack"]


@pytest.mark.server("callback/sent", "callback/metadata")
def test_a_success_is_told_in_eight_members_as_the_run_then_stands(call: Caller, stack: ExitStack) -> None:
    receiver = Receiver(stack, 200)
    metadata = {"who": "Zoë", "n": [1, None], "file": "data:text/plain;base64,aGk="}
    run_id = asked(call, receiver.url, metadata=metadata)["id"]
    (delivery,) = deliveries(call, run_id)
    (heard,) = receiver.heard
    run = call.get(f"/v1/runs/{run_id}").json()
    payload = json.loads(heard.body)
    assert (heard.method, heard.path, heard.headers["content-type"]) == ("POST", HOOK, "application/json")
    assert list(payload) == [
        "event", "run_id", "status", "output", "duration_ms", "created_at", "completed_at", "metadata",
    ]  # fmt: skip
    assert (payload["event"], payload["run_id"], payload["status"]) == ("run.completed", run_id, "succeeded")
    assert (payload["duration_ms"], payload["metadata"]) == (run["duration_ms"], metadata)
    assert payload["output"]["seed"] == run["output"]["seed"]
    assert httpx.get(payload["output"]["outputs"][0]["url"], trust_env=False).content.startswith(b"\x89PNG")
    for name in ("created_at", "completed_at"):
        assert payload[name].endswith("+00:00")
        assert datetime.fromisoformat(payload[name]) == datetime.fromisoformat(run[name])
    uuid.UUID(heard.headers["runflow-request-id"])
    assert "runflow-signature" not in heard.headers
    assert "authorization" not in heard.headers
    assert delivery["payload"] == payload


@pytest.mark.parametrize(
    ("fate", "event", "status"), [("fails", "run.failed", "failed"), ("cancels", "run.cancelled", "cancelled")]
)
def test_runs_that_end_otherwise_are_told_without_output(stack: ExitStack, fate: str, event: str, status: str) -> None:
    receiver = Receiver(stack, 200)
    with switched(faults=f"create: {fate}") as (_, call):
        payload = told(call, receiver.url)["payload"]
    assert (payload["event"], payload["status"], payload["output"]) == (event, status, None)
    assert payload["metadata"] is None
    assert payload["completed_at"] >= payload["created_at"]


@pytest.mark.server("callback/sent")
def test_it_is_sent_when_the_run_has_ended_and_not_before(stack: ExitStack) -> None:
    seen: list[str] = []

    def look() -> None:
        seen.append(call.get(f"/v1/runs/{run_id}").json()["status_code"])

    with running(latency=0.2) as sandbox, caller(sandbox) as call:
        receiver = Receiver(
            stack, 200, before=lambda: seen.append(call.get(f"/v1/runs/{run_id}").json()["status_code"])
        )
        began = time.monotonic()
        run_id = asked(call, receiver.url)["id"]
        deliveries(call, run_id)
    assert seen == ["succeeded"]
    assert receiver.at[0] - began >= 0.2


@pytest.mark.server("callback/sent", "request/callback_url")
def test_a_run_without_an_address_tells_nobody(call: Caller, quick: EmbeddedSandbox) -> None:
    run_id = call.made()["id"]
    assert call.get(f"/v1/runs/{run_id}/callback").json() == []
    assert run_id not in [each.run_id for each in quick.book.callbacks]


@pytest.mark.server("callback/retries", "14/callback-retries")
def test_500_twice_and_then_200_is_delivered_at_the_third_attempt_with_the_same_bytes(
    call: Caller, stack: ExitStack
) -> None:
    plain = secret(call)["plain_secret"]
    receiver = Receiver(stack, 500, 503, 200)
    delivery = told(call, receiver.url)
    assert (delivery["status_code"], delivery["attempt_count"], delivery["max_attempts"]) == ("delivered", 3, 3)
    assert [each["status_code"] for each in delivery["attempts"]] == [500, 503, 200]
    assert [each["attempt_number"] for each in delivery["attempts"]] == [1, 2, 3]
    assert {each["response_body"] for each in delivery["attempts"]} == {"noted"}
    (body,) = {heard.body for heard in receiver.heard}
    assert delivery["payload_bytes"] == len(body)
    assert {heard.headers["runflow-signature"] for heard in receiver.heard} == {signature(plain, body)}
    assert len({heard.headers["runflow-request-id"] for heard in receiver.heard}) == 1
    gaps = [later - earlier for earlier, later in itertools.pairwise(receiver.at)]
    assert gaps[0] >= 0.02
    assert gaps[1] >= 0.04


@pytest.mark.server("callback/retries")
def test_the_gaps_are_one_and_two_seconds_unless_set(stack: ExitStack) -> None:
    clock, receiver = NeverWaits(), Receiver(stack, 500)
    with running(clock=clock) as sandbox, caller(sandbox) as call:
        delivery = told(call, receiver.url)
    assert clock.slept == [1.0, 2.0]
    assert (delivery["status_code"], delivery["failure_reason_code"]) == ("failed", "http_error")
    assert (len(receiver.heard), delivery["next_attempt_at"]) == (3, None)


@pytest.mark.server("callback/retries", "14/callback-retries")
@pytest.mark.parametrize("status", [400, 404, 410, 429, 302, 307])
def test_other_answers_end_it_at_once_and_no_redirect_is_followed(call: Caller, stack: ExitStack, status: int) -> None:
    receiver = Receiver(stack, status)
    delivery = told(call, receiver.url)
    assert (len(receiver.heard), delivery["status_code"]) == (1, "failed")
    assert delivery["failure_detail"] == f"the receiver answered {status}"


@pytest.mark.server("callback/retries")
def test_a_receiver_that_is_not_there_is_tried_three_times(call: Caller) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        delivery = told(call, f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert (delivery["attempt_count"], delivery["failure_reason_code"]) == (3, "network_error")
    assert [each["status_code"] for each in delivery["attempts"]] == [None] * 3
    assert all("Connect" in each["error_message"] for each in delivery["attempts"])


def test_a_slow_receiver_holds_up_neither_its_run_nor_another(call: Caller, stack: ExitStack) -> None:
    woken = threading.Event()
    stack.callback(woken.set)
    slow = Receiver(stack, 200, before=lambda: woken.wait(DEADLINE))
    run_id = asked(call, slow.url)["id"]
    wait_until(lambda: bool(slow.at))
    assert call.finish(run_id)["status_code"] == "succeeded"
    assert told(call, Receiver(stack, 200).url)["status_code"] == "delivered"
    (pending,) = call.get(f"/v1/runs/{run_id}/callback").json()
    assert (pending["status_code"], pending["completed_at"], pending["attempts"]) == ("pending", None, [])
    woken.set()
    (delivery,) = deliveries(call, run_id)
    assert (delivery["status_code"], delivery["attempt_count"], len(slow.heard)) == ("delivered", 1, 1)


@pytest.mark.server("callback/retries")
def test_a_receiver_that_never_answers_is_given_up_like_one_that_is_not_there(stack: ExitStack) -> None:
    listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    with switched("timeout=0.1", "gaps=0") as (_, call):
        delivery = told(call, f"http://127.0.0.1:{listening.getsockname()[1]}/")
    assert (delivery["attempt_count"], delivery["failure_reason_code"]) == (2, "network_error")
    for attempt in delivery["attempts"]:
        assert attempt["error_message"] == "TimeoutError: no answer within 0.1 s"
        assert attempt["response_time_ms"] >= 100


def test_an_answer_without_end_is_judged_by_its_status(stack: ExitStack) -> None:
    listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    with switched("timeout=0.1") as (_, call):
        run_id = asked(call, f"http://localhost:{listening.getsockname()[1]}/")["id"]
        connection = stack.enter_context(listening.accept()[0])
        connection.recv(100_000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nso far")
        (delivery,) = deliveries(call, run_id)
    assert (delivery["status_code"], delivery["attempts"][0]["response_body"]) == ("delivered", "so far")


def test_a_sandbox_that_ends_drops_what_is_on_its_way(stack: ExitStack, capfd: pytest.CaptureFixture[str]) -> None:
    listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    with EmbeddedSandbox(latency=0) as sandbox, caller(sandbox) as call:
        asked(call, f"http://127.0.0.1:{listening.getsockname()[1]}/")
        asked(call, Receiver(stack, 500).url)
        stack.enter_context(listening.accept()[0])
        began = time.monotonic()
    assert time.monotonic() - began < 2
    assert capfd.readouterr().err == ""
