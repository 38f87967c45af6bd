"""Callbacks, received: what is believed, and what is understood."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from runflow_nb import callback_secret, generate, settings
from runflow_nb.callbacks import BatchEvent, OtherEvent, RunEvent, parse, verify
from runflow_nb.engine.session import Session
from runflow_nb.errors import InvalidSignature, MalformedCallback, RunflowError
from runflow_nb.notebook.views.help import help_text
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.secret import Secret

from .http_server import Answer, HttpServer
from .sandbox.told import wait_until

OLD, NEW = "whsec_old", "whsec_new"
RUN_ID = "0198f2a4-5c1e-7b21-9f37-0c6f4e1d2a90"
PAYLOAD: dict[str, Any] = {
    "event": "run.completed",
    "run_id": RUN_ID,
    "status": "succeeded",
    "output": {"outputs": [{"url": "https://storage.example/o/1.png", "type": "image", "width": 64, "height": 32}]},
    "duration_ms": 9120,
    "created_at": "2026-05-06T10:00:00.000000+00:00",
    "completed_at": "2026-05-06T10:00:09.120000+00:00",
    "metadata": {"notebook": "demo.ipynb"},
}
BODY = json.dumps(PAYLOAD).encode()


def signed(secret: str, body: bytes = BODY) -> str:
    """By the contract's own words, not by ours."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def event(**changes: Any) -> Any:
    return parse(json.dumps({**PAYLOAD, **changes}).encode())


# --- verify


@pytest.mark.client("callback/headers")
def test_a_known_signature_is_good() -> None:
    """RFC 4231, test case 2: nothing of this package made it."""
    body, known = b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    verify(body, known, "Jefe")
    verify(bytearray(body), f" {known.upper()} ", [Secret("other"), Secret("Jefe")])


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_while_secrets_rotate_both_are_good(secret: str) -> None:
    verify(BODY, signed(secret), [OLD, NEW])


@pytest.mark.parametrize(
    ("body", "signature", "secrets", "reason"),
    [
        (BODY, signed("whsec_stranger"), OLD, "does not fit the secret"),
        (BODY, signed("whsec_stranger"), (OLD, NEW), "none of the 2 secrets"),
        (BODY + b" ", signed(OLD), OLD, "or its body was changed"),
        (json.dumps(PAYLOAD, indent=1).encode(), signed(OLD), OLD, "or its body was changed"),
        (BODY, None, OLD, "without a Runflow-Signature header"),
        (BODY, " ", OLD, "without a Runflow-Signature header"),
        (BODY, signed(OLD)[:-1], OLD, "not 64 hexadecimal digits"),
        (BODY, "ü" * 64, OLD, "not 64 hexadecimal digits"),
        (BODY, signed(OLD), (), "no secret was given"),
        (BODY, signed(OLD), None, "no secret was given"),
        (BODY, signed(""), "", "a secret to check it with is empty"),
        (BODY, signed(OLD), [OLD, None], "a secret to check it with is empty"),
    ],
)
def test_what_is_not_good_is_named_and_no_secret_with_it(
    body: bytes, signature: str | None, secrets: Any, reason: str
) -> None:
    with pytest.raises(InvalidSignature, match=reason) as caught:
        verify(body, signature, secrets)
    assert "whsec_" not in f"{caught.value} {caught.value!r}"


def test_every_secret_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []
    real = hmac.compare_digest

    def watch(one: str, other: str) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr("hmac.compare_digest", watch)
    verify(BODY, signed(OLD), [OLD, NEW])
    assert compared == [(signed(OLD), signed(OLD)), (signed(NEW), signed(OLD))]


def test_a_body_that_was_read_already_is_a_mistake_of_the_receiver() -> None:
    for body in (BODY.decode(), PAYLOAD):
        with pytest.raises(TypeError, match="raw bytes"):
            verify(body, signed(OLD), OLD)  # type: ignore[arg-type]


# --- parse


def test_the_eight_members_of_the_model_pages() -> None:
    told = parse(BODY)
    assert isinstance(told, RunEvent)
    assert (told.event, told.run_id, told.status) == ("run.completed", RUN_ID, "succeeded")
    assert (told.delivered, told.ended, told.failure) == (True, True, None)
    (output,) = told.outputs
    assert (output.url, output.type, output.width, output.height) == (
        "https://storage.example/o/1.png", "image", 64, 32,
    )  # fmt: skip
    assert told.duration_ms == 9120
    assert told.created_at == datetime(2026, 5, 6, 10, tzinfo=UTC)
    assert told.completed_at == datetime(2026, 5, 6, 10, 0, 9, 120_000, tzinfo=UTC)
    assert told.metadata == {"notebook": "demo.ipynb"}
    assert told.raw == PAYLOAD
    with pytest.raises(AttributeError):
        told.status = "failed"  # type: ignore[misc]


@pytest.mark.client("14/callback-events", "14/cancelled-in-callbacks")
@pytest.mark.parametrize(
    ("changes", "status", "outputs"),
    [
        ({"event": "run.failed", "status": "failed", "output": None}, "failed", 0),
        ({"event": "run.cancelled", "status": "cancelled", "output": None}, "canceled", 0),
        ({"event": "run.canceled", "status": "canceled", "output": None}, "canceled", 0),
        ({"event": "run.cancelled", "status": None, "status_code": "canceled", "output": None}, "canceled", 0),
        ({"event": "run.cancelled", "status": None, "output": None}, "canceled", 0),
        ({"event": "run.partial_succeeded", "status": "partial_succeeded"}, "partial_succeeded", 1),
        ({"status": None}, "succeeded", 1),
        ({"event": "run.hibernating", "status": "hibernating"}, "hibernating", 0),
        ({"event": None}, "succeeded", 1),
        ({"output": {"image_urls": ["https://a.example/1.png", "https://a.example/2.png"]}}, "succeeded", 2),
        ({"status": "failed"}, "failed", 0),
    ],
)
def test_every_kind_and_spelling_of_a_run(changes: dict[str, Any], status: str, outputs: int) -> None:
    told = event(**changes)
    assert isinstance(told, RunEvent)
    assert (told.status, len(told.outputs), told.ended) == (status, outputs, status != "hibernating")


@pytest.mark.client("14/callback-output")
def test_an_error_in_the_place_of_the_output_is_a_failure_and_never_an_output() -> None:
    envelope = {
        "code": "PROVIDER_ERROR",
        "message": "https://a.example/1.png is gone",
        "url": "https://a.example/e.png",
    }
    for output in (envelope, {"error": envelope}):
        told = event(event="run.failed", status="failed", output=output)
        assert told.outputs == ()
        assert (told.failure.code, told.failure.message) == ("PROVIDER_ERROR", "https://a.example/1.png is gone")


def test_a_batch() -> None:
    output = {"items": [{"run_id": RUN_ID}], "succeeded": 1, "failed": 2, "cancelled": 3, "total": 6}
    body = {**PAYLOAD, "event": "batch.partial_succeeded", "status": "partial_succeeded", "output": output}
    body["batch_id"] = body.pop("run_id")
    told = parse(json.dumps(body))
    assert isinstance(told, BatchEvent)
    assert (told.batch_id, told.status, told.items) == (RUN_ID, "partial_succeeded", ({"run_id": RUN_ID},))
    assert (told.succeeded, told.failed, told.canceled, told.total) == (1, 2, 3, 6)
    assert (told.duration_ms, told.metadata) == (9120, {"notebook": "demo.ipynb"})
    body["output"] = {"canceled": 4}
    assert parse(json.dumps(body)).canceled == 4  # type: ignore[union-attr]


def test_an_event_about_something_else_is_let_through() -> None:
    told = parse(b'{"event": "asset.created", "asset_id": "a"}')
    assert isinstance(told, OtherEvent)
    assert (told.event, told.raw["asset_id"]) == ("asset.created", "a")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[" * 200_000, "is not JSON"),
        (b"[]", "is not an object"),
        (b"{}", "neither an event nor a run_id"),
        (b'{"event": "run.completed"}', "no run_id"),
        (json.dumps({"run_id": RUN_ID}).encode(), "neither an event nor a status"),
        (json.dumps({"event": "run.completed", "run_id": "x" * 201}).encode(), "no run_id that can be used"),
    ],
)
def test_what_cannot_be_read_is_named(body: bytes, reason: str) -> None:
    with pytest.raises(MalformedCallback, match=reason):
        parse(body)


def test_members_of_any_type_do_no_harm() -> None:
    junk: list[Any] = [7, [], {}, True, "x", 1e999, [[]]]
    for value in junk:
        for name in PAYLOAD:
            if name in ("run_id", "event"):
                continue
            assert event(**{name: value}).run_id == RUN_ID


def test_a_receiver_imports_neither_client_nor_server() -> None:
    code = "import sys, runflow_nb.callbacks; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"httpx", "starlette", "uvicorn", "IPython", "PIL", "sqlite3", "asyncio"} & set(found)


def test_help_says_that_the_record_calls_nobody() -> None:
    said = " ".join(help_text().split())
    assert "--callback-url URL Address that Runflow calls when the run ends; a run shown from the record calls" in said
    assert "calls nobody" in (generate.__doc__ or "")


# --- from end to end


@pytest.fixture
def receiver() -> Iterator[HttpServer]:
    with HttpServer(lambda _: Answer()) as running:
        yield running


@pytest.mark.both("callback/headers", "request/callback_url", "request/metadata")
def test_what_is_bought_calls_back_and_what_is_shown_from_the_record_does_not(
    session: Session, sandbox: EmbeddedSandbox, receiver: HttpServer
) -> None:
    secret = callback_secret("tests")
    assert "whsec_" not in repr(secret)
    given: dict[str, Any] = {"resolution": "0.5K", "callback_url": receiver.url, "metadata": {"who": "Zoë"}}
    run = generate("an owl in the rain", **given)
    wait_until(lambda: bool(receiver.heard))
    (heard,) = receiver.heard
    verify(heard.body, heard.headers["runflow-signature"], [secret])
    told = parse(heard.body)
    assert isinstance(told, RunEvent)
    assert (told.run_id, told.status, told.metadata) == (run.run_id, "succeeded", {"who": "Zoë"})
    assert generate("an owl in the rain", **given).id == run.id
    generate("a hare in the rain", **given)
    wait_until(lambda: len(receiver.heard) == 2)
    assert [each.attempts for each in sandbox.book.callbacks] == [1, 1]


def test_where_the_network_is_not_to_be_called_no_secret_is_made(session: Session, sandbox: EmbeddedSandbox) -> None:
    settings.configured["reuse"] = "only"
    before = sandbox.book.requests
    with pytest.raises(RunflowError, match='reuse is "only"'):
        callback_secret()
    assert sandbox.book.requests == before
