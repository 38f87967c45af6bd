"""Callbacks as receivers on this machine meet them, by the raw bytes that come."""

from __future__ import annotations

import argparse
import hashlib
import hmac
import itertools
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

import httpx
import pytest

from runflow_nb.sandbox import command
from runflow_nb.sandbox.callbacks.switches import BadSwitch, CallbackSwitches, read_switches
from runflow_nb.sandbox.callbacks.target import NotThisMachine, read_target
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.sandbox.switches import Switches

from ..http_server import Answer, Heard, HttpServer
from ..sandboxes import running
from .conftest import DEADLINE, NANO_2, Caller, caller
from .test_faults import NeverWaits
from .told import wait_until

QUICK = CallbackSwitches(gaps=(0.02, 0.04))
HOOK = "/hooks/runflow?token=t"


class Receiver:
    """Answers with these statuses, the last one for ever, and remembers when it was asked."""

    def __init__(self, stack: ExitStack, *statuses: int, before: Callable[[], Any] = lambda: None) -> None:
        self.at: list[float] = []
        answers = itertools.chain(statuses[:-1], itertools.repeat(statuses[-1]))

        def answer(_: Heard) -> Answer:
            self.at.append(time.monotonic())
            before()
            return Answer(next(answers), b"noted", {"Location": "http://127.0.0.1:9/elsewhere"})

        self._server = stack.enter_context(HttpServer(answer))
        self.url = self._server.url + HOOK

    @property
    def heard(self) -> list[Heard]:
        return self._server.heard


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as entered:
        yield entered


@pytest.fixture(scope="module")
def quick() -> Iterator[EmbeddedSandbox]:
    """One sandbox for all tests that set nothing but the gaps."""
    with running(callbacks=QUICK) as sandbox:
        yield sandbox


@pytest.fixture
def call(quick: EmbeddedSandbox) -> Iterator[Caller]:
    with caller(quick) as client:
        yield client


@contextmanager
def switched(*words: str, **changes: Any) -> Iterator[tuple[EmbeddedSandbox, Caller]]:
    """A sandbox of its own, and a client of it."""
    switches = read_switches(["gaps=0.02,0.04", *words])
    with running(callbacks=switches, **changes) as sandbox, caller(sandbox) as client:
        yield sandbox, client


def asked(call: Caller, url: str, **members: Any) -> dict[str, Any]:
    """A run that is to call back, as it was accepted."""
    body = {"input": {"prompt": "a fox in the snow", "resolution": "0.5K"}, "callback_url": url, **members}
    answer = call.post(f"/v1/models/{NANO_2}/runs", json=body)
    assert answer.status_code == 201, answer.text
    run: dict[str, Any] = answer.json()
    return run


def deliveries(call: Caller, run_id: str, number: int = 1) -> list[dict[str, Any]]:
    """The records of this run's deliveries, when so many have ended."""
    found: list[dict[str, Any]] = []

    def ended() -> bool:
        found[:] = call.get(f"/v1/runs/{run_id}/callback").json()
        return len([each for each in found if each["completed_at"]]) == number

    wait_until(ended)
    return found


def told(call: Caller, url: str, **members: Any) -> dict[str, Any]:
    """The one delivery of a new run, when it has ended."""
    (delivery,) = deliveries(call, asked(call, url, **members)["id"])
    return delivery


def secret(call: Caller, label: str = "") -> dict[str, Any]:
    answer = call.post("/v1/callback-secrets", json={"label": label})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def signature(plain: str, body: bytes) -> str:
    """By the contract's words."""
    return hmac.new(plain.encode(), body, hashlib.sha256).hexdigest()


# --- what is sent


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


def test_a_run_without_an_address_tells_nobody(call: Caller, quick: EmbeddedSandbox) -> None:
    run_id = call.made()["id"]
    assert call.get(f"/v1/runs/{run_id}/callback").json() == []
    assert run_id not in [each.run_id for each in quick.book.callbacks]


# --- attempts


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


def test_the_gaps_are_one_and_two_seconds_unless_set(stack: ExitStack) -> None:
    clock, receiver = NeverWaits(), Receiver(stack, 500)
    with running(clock=clock) as sandbox, caller(sandbox) as call:
        delivery = told(call, receiver.url)
    assert clock.slept == [1.0, 2.0]
    assert (delivery["status_code"], delivery["failure_reason_code"]) == ("failed", "http_error")
    assert (len(receiver.heard), delivery["next_attempt_at"]) == (3, None)


@pytest.mark.parametrize("status", [400, 404, 410, 429, 302, 307])
def test_other_answers_end_it_at_once_and_no_redirect_is_followed(call: Caller, stack: ExitStack, status: int) -> None:
    receiver = Receiver(stack, status)
    delivery = told(call, receiver.url)
    assert (len(receiver.heard), delivery["status_code"]) == (1, "failed")
    assert delivery["failure_detail"] == f"the receiver answered {status}"


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


# --- where to


def test_another_machine_is_not_asked_nor_looked_up_and_the_record_says_why(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[str] = []
    real = socket.getaddrinfo

    def watch(host: str, *rest: Any, **named: Any) -> Any:
        asked_for.append(host)
        return real(host, *rest, **named)

    monkeypatch.setattr("socket.getaddrinfo", watch)
    delivery = told(call, "https://example.org/hook?token=t")
    assert (delivery["status_code"], delivery["failure_reason_code"]) == ("failed", "not_loopback")
    assert delivery["attempts"] == []
    assert delivery["failure_detail"].endswith("to this machine only (localhost, 127.0.0.1, [::1]), not to example.org")
    assert set(asked_for) <= {"127.0.0.1"}


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0:8000/",
        "http://127.0.0.1@example.org/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://[::ffff:10.0.0.1]/",
        "http://127.0.0.1.example.org/",
        "http://localhost.example.org/",
        "http:///hook",
    ],
)
def test_addresses_of_other_machines_however_they_are_spelt(url: str) -> None:
    with pytest.raises(NotThisMachine, match="this machine only"):
        read_target(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/", "http://[::1/", "http://127.0.0.1/\x01"])
def test_an_address_that_is_none_is_named(url: str) -> None:
    with pytest.raises(NotThisMachine, match="no address that can be posted to"):
        read_target(url)


def test_addresses_of_this_machine() -> None:
    found = {url: read_target(url).addresses for url in ("http://127.0.0.9:1/", "https://[::1]/", "http://LOCALHOST/a")}
    assert list(found.values()) == [("127.0.0.9",), ("::1",), ("127.0.0.1", "::1")]


def test_localhost_is_asked_by_its_name_at_whichever_address_it_listens(call: Caller, stack: ExitStack) -> None:
    receiver = Receiver(stack, 200)
    url = receiver.url.replace("127.0.0.1", "localhost")
    assert told(call, url)["status_code"] == "delivered"
    assert receiver.heard[0].headers["host"] == url.removeprefix("http://").partition("/")[0]


def test_an_address_in_brackets_is_asked(call: Caller, stack: ExitStack) -> None:
    try:
        listening = stack.enter_context(socket.create_server(("::1", 0), family=socket.AF_INET6))
    except OSError:
        pytest.skip("this machine has no ::1")
    run_id = asked(call, f"http://[::1]:{listening.getsockname()[1]}/")["id"]
    with listening.accept()[0] as connection:
        connection.recv(100_000)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert deliveries(call, run_id)[0]["status_code"] == "delivered"


# --- secrets


def test_the_newest_secret_signs_until_it_is_deleted_and_earlier_ones_live_on(call: Caller, stack: ExitStack) -> None:
    receiver = Receiver(stack, 200)
    old, new = secret(call, "old"), secret(call, "new")
    assert old["plain_secret"].startswith("whsec_")
    assert old["plain_secret"].startswith(old["key_prefix"])
    listed = call.get("/v1/callback-secrets").json()["items"]
    assert [(each["id"], each["label"], each["is_current"]) for each in listed] == [
        (old["id"], "old", False), (new["id"], "new", True),
    ]  # fmt: skip
    assert "plain_secret" not in str(listed)
    first = told(call, receiver.url)
    assert call.delete(f"/v1/callback-secrets/{new['id']}").status_code == 204
    second = told(call, receiver.url)
    assert call.delete(f"/v1/callback-secrets/{old['id']}").status_code == 204
    third = told(call, receiver.url)
    used = [first["signing_secret_id"], second["signing_secret_id"], third["signing_secret_id"]]
    assert used == [new["id"], old["id"], None]
    assert [heard.headers.get("runflow-signature") for heard in receiver.heard] == [
        signature(new["plain_secret"], receiver.heard[0].body),
        signature(old["plain_secret"], receiver.heard[1].body),
        None,
    ]


def test_secrets_belong_to_their_organization(call: Caller, quick: EmbeddedSandbox, stack: ExitStack) -> None:
    mine = secret(call)
    with caller(quick) as stranger:
        assert stranger.get("/v1/callback-secrets").json()["items"] == []
        assert stranger.delete(f"/v1/callback-secrets/{mine['id']}").status_code == 404
        assert told(stranger, Receiver(stack, 200).url)["signing_secret_id"] is None


@pytest.mark.parametrize("label", ["x" * 256, 7, [], {}])
def test_a_label_that_is_none_is_refused(call: Caller, label: Any) -> None:
    answer = call.post("/v1/callback-secrets", json={"label": label})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "label"])


# --- records and redelivery


def test_a_redelivery_is_a_new_delivery_of_the_run_as_it_is_now(call: Caller, stack: ExitStack) -> None:
    receiver = Receiver(stack, 400, 200)
    first = told(call, receiver.url)
    plain = secret(call)["plain_secret"]
    answer = call.post(f"/v1/runs/{first['run_id']}/callback-redeliveries")
    assert answer.status_code == 201
    assert (answer.json()["is_automatic"], answer.json()["attempt_count"]) == (False, 0)
    earlier, later = deliveries(call, first["run_id"], 2)
    assert earlier == first
    assert (later["id"], later["status_code"], later["is_automatic"]) == (answer.json()["id"], "delivered", False)
    one, other = receiver.heard
    assert other.headers["runflow-signature"] == signature(plain, other.body)
    links = [json.loads(each.body)["output"]["outputs"][0]["url"] for each in (one, other)]
    assert len(set(links)) == 2  # signed anew
    assert one.headers["runflow-request-id"] != other.headers["runflow-request-id"]


def test_what_cannot_be_delivered_again_is_refused(call: Caller, quick: EmbeddedSandbox, stack: ExitStack) -> None:
    silent = call.made()["id"]
    with caller(quick) as stranger:
        for path in ("callback-redeliveries", "callback"):
            method = "POST" if path.endswith("redeliveries") else "GET"
            assert stranger.request(method, f"/v1/runs/{silent}/{path}").status_code == 404
    assert call.post(f"/v1/runs/{silent}/callback-redeliveries").status_code == 409
    with running(latency=600) as slow, caller(slow) as waiting:
        run_id = asked(waiting, Receiver(stack, 200).url)["id"]
        assert waiting.post(f"/v1/runs/{run_id}/callback-redeliveries").status_code == 409


def test_the_book_holds_what_became_of_each(call: Caller, quick: EmbeddedSandbox, stack: ExitStack) -> None:
    delivery = told(call, Receiver(stack, 404).url)
    book = call.get("/sandbox/book").json()["callbacks"]
    assert [each for each in book if each["run_id"] == delivery["run_id"]] == [
        {
            "run_id": delivery["run_id"],
            "callback_url": delivery["callback_url"],
            "status_code": "failed",
            "attempt_count": 1,
            "failure_detail": "the receiver answered 404",
        }
    ]


# --- where pages disagree or are silent


def test_an_older_page_tries_again_at_everything_but_2xx(stack: ExitStack) -> None:
    receiver = Receiver(stack, 400, 204)
    with switched("retry=not-2xx") as (_, call):
        assert told(call, receiver.url)["attempt_count"] == 2


def test_a_partial_success_has_an_event_of_its_own_on_another_page(stack: ExitStack) -> None:
    receiver = Receiver(stack, 200)
    for words, event, status in (
        ((), "run.completed", "succeeded"),
        (("partial=partial_succeeded",), "run.partial_succeeded", "partial_succeeded"),
    ):
        with switched(*words, faults="create: partial") as (_, call):
            payload = told(call, receiver.url)["payload"]
        assert (payload["event"], payload["status"], len(payload["output"]["outputs"])) == (event, status, 1)


def test_spellings_and_envelopes_of_other_pages(stack: ExitStack) -> None:
    receiver = Receiver(stack, 200)
    plan = "create: cancels 1st; create: fails 2nd"
    words = ("cancelled=canceled", "failed_output=error", "listing=payload", "request_id=attempt", "signs=oldest")
    with switched(*words, faults=plan) as (sandbox, call):
        oldest = secret(call)["plain_secret"]
        secret(call)
        runs = [asked(call, receiver.url)["id"] for _ in range(2)]
        wait_until(lambda: [each.status for each in sandbox.book.callbacks] == ["delivered"] * 2)
        cancelled, failed = (call.get(f"/v1/runs/{run_id}/callback").json() for run_id in runs)
        missing = call.get(f"/v1/runs/{call.made()['id']}/callback")
    assert (cancelled["event"], cancelled["status"]) == ("run.cancelled", "canceled")
    assert failed["output"]["code"] == "PROVIDER_ERROR"
    assert missing.status_code == 404
    assert all(each.headers["runflow-signature"] == signature(oldest, each.body) for each in receiver.heard)


def test_a_request_id_may_be_new_at_each_attempt(stack: ExitStack) -> None:
    receiver = Receiver(stack, 500, 200)
    with switched("request_id=attempt") as (_, call):
        told(call, receiver.url)
    assert len({heard.headers["runflow-request-id"] for heard in receiver.heard}) == 2


def test_pictures_of_sync_mode_come_with_the_callback(call: Caller, stack: ExitStack) -> None:
    receiver = Receiver(stack, 200)
    given = {"prompt": "a fox in the snow", "resolution": "0.5K", "sync_mode": True}
    payload = told(call, receiver.url, input=given)["payload"]
    assert payload["output"]["outputs"][0]["url"].startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("retries=5xx", "did you mean retry=?"),
        ("retry", "retry is no switch"),
        ("retry=never", "retry takes 5xx or not-2xx, not never"),
        ("gaps=soon", "gaps takes seconds, not soon"),
        ("gaps=-1", "gaps takes seconds from 0 up"),
        ("timeout=0", "timeout takes seconds above 0"),
        ("timeout=", "timeout takes seconds above 0"),
    ],
)
def test_switches_that_make_no_sense_are_named(word: str, said: str) -> None:
    with pytest.raises(BadSwitch, match=said.replace("?", r"\?")):
        read_switches([word])


def test_switches_are_read_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served: list[Switches] = []
    monkeypatch.setattr(command, "serve", lambda host, port, switches: served.append(switches))
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args(["--callback", "gaps=0", "--callback", "retry=not-2xx"])) == 0
    assert served[0].callbacks == CallbackSwitches(gaps=(0.0,), retry="not-2xx")
    with pytest.raises(SystemExit):
        parser.parse_args(["--callback", "retry=never"])
    assert "retry takes 5xx or not-2xx" in capsys.readouterr().err
    assert "gaps=1,2, timeout=10, retry=5xx|not-2xx" in " ".join(parser.format_help().split())
