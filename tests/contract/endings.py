"""A run for each way to end, each in a sandbox of its own that has a secret, with the callback that told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from runflow_nb.engine.connection import SANDBOX_TOKEN
from tests.http_server import Answer, Heard, HttpServer
from tests.sandbox.told import wait_until
from tests.sandboxes import running

FATES = {"run.completed": "", "run.failed": "create: fails", "run.cancelled": "create: cancels"}
SENT = {"who": "Zoë", "n": [1, None]}
Told = tuple[dict[str, Any], Heard, dict[str, Any]]
"""The run as it was read, the callback as it came, the payload."""


@pytest.fixture(scope="session")
def endings() -> Iterator[dict[str, Told]]:
    """Event -> what is known of such a run."""
    found: dict[str, Told] = {}
    with ExitStack() as stack:
        receiver = stack.enter_context(HttpServer(lambda _: Answer()))
        for event, plan in FATES.items():
            sandbox = stack.enter_context(running(faults=plan))
            headers = {"Authorization": f"Bearer {SANDBOX_TOKEN.reveal()}"}
            http = stack.enter_context(httpx.Client(base_url=sandbox.url, headers=headers, trust_env=False))
            secret = http.post("/v1/callback-secrets", json={"label": event}).json()["plain_secret"]
            body = {
                "input": {"prompt": "an owl", "resolution": "0.5K", "output_format": "jpeg"},
                "callback_url": f"{receiver.url}/{event}",
                "metadata": SENT,
            }
            run_id = http.post("/v1/models/google/nano-banana-2/runs", json=body).json()["id"]
            wait_until(lambda event=event: any(each.path == f"/{event}" for each in receiver.heard))  # type: ignore[misc]
            (heard,) = [each for each in receiver.heard if each.path == f"/{event}"]
            run = {**http.get(f"/v1/runs/{run_id}").json(), "secret": secret}
            found[event] = run, heard, json.loads(heard.body)
        yield found
