"""Receivers of callbacks, and a sandbox that sends them quickly."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from runflow_nb.sandbox.callbacks.switches import CallbackSwitches, read_switches
from runflow_nb.sandbox.embedded import EmbeddedSandbox

from ..http_server import Answer, Heard, HttpServer
from ..sandboxes import running
from .conftest import NANO_2, Caller, caller
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
