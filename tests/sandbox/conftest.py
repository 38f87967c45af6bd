"""A real sandbox over HTTP for every test here; each test has an organization of its own."""

from __future__ import annotations

import argparse
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from runflow_nb.sandbox import command
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.sandbox.switches import Switches

NANO_2 = "google/nano-banana-2"
EDIT = "google/nano-banana-2/edit"
DEADLINE = 20.0

Started = Callable[..., Switches]
"""From the words of a command line to what the sandbox would be started with."""


class MovedClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_780_000_000.0

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here waits")


class Caller(httpx.Client):
    """A client of the API with a few words of its own."""

    def create(
        self, model: str = NANO_2, *, headers: Any = None, client_ref: Any = None, **given: Any
    ) -> httpx.Response:
        body: dict[str, Any] = {"input": {"prompt": "a fox in the snow", "resolution": "0.5K", **given}}
        if model not in (NANO_2, EDIT) and "resolution" not in given:
            del body["input"]["resolution"]
        if client_ref is not None:
            body["client_ref"] = client_ref
        return self.post(f"/v1/models/{model}/runs", json=body, headers=headers)

    def finish(self, run_id: str) -> dict[str, Any]:
        """Ask until the run has ended."""
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            run: dict[str, Any] = self.get(f"/v1/runs/{run_id}").json()
            if run["completed_at"]:
                return run
            time.sleep(0.003)  # leaves the painter its share of the interpreter
        raise AssertionError(f"not ended: {run}")

    def made(self, model: str = NANO_2, **given: Any) -> dict[str, Any]:
        """A run that was created and has ended."""
        answer = self.create(model, **given)
        assert answer.status_code == 201, answer.text
        return self.finish(answer.json()["id"])


@pytest.fixture(scope="session")
def sandbox() -> Iterator[EmbeddedSandbox]:
    with EmbeddedSandbox(latency=0) as running:
        yield running


@pytest.fixture
def call(sandbox: EmbeddedSandbox) -> Iterator[Caller]:
    with caller(sandbox) as client:
        yield client


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    served: list[Switches] = []
    monkeypatch.setattr(command, "serve", lambda host, port, switches: served.append(switches))
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)

    def start(*words: str) -> Switches:
        assert command.run(parser.parse_args(words)) == 0
        return served[-1]

    return start


def caller(sandbox: EmbeddedSandbox, key: str | None = None) -> Caller:
    """A client with this key, or with one that nobody else has."""
    headers = {"Authorization": f"Bearer {key or uuid.uuid4().hex}"}
    return Caller(base_url=sandbox.url, headers=headers, timeout=DEADLINE, trust_env=False, verify=False)
