"""Sandboxes that speak one dialect, and the line of the contract that each is about."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from runflow_nb.api.wire import RemoteRun, parse, read_run
from runflow_nb.engine.connection import SANDBOX_TOKEN
from runflow_nb.sandbox.dialects.choose import read_dialects
from runflow_nb.sandbox.dialects.table import DIALECTS
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.contract.pages import DISAGREEMENTS
from tests.sandboxes import running

MODEL = "google/nano-banana-2"
OWL = {"resolution": "0.5K", "output_format": "jpeg", "seed": 7}
WHY = "the fault plan made this run fail"


def row(side: str, *names: str) -> list[Any]:
    """These dialects as parameters, marked with the side that they are about and the line of the contract."""
    mark = getattr(pytest.mark, side)
    lines = {name: f"14/{DISAGREEMENTS[DIALECTS[name].row - 1]}" for name in names}
    return [pytest.param(name, marks=mark(line), id=name) for name, line in lines.items()]


def web(sandbox: EmbeddedSandbox) -> httpx.Client:
    """The sandbox as any client sees it, in the same organization."""
    headers = {"Authorization": f"Bearer {SANDBOX_TOKEN.reveal()}"}
    return httpx.Client(base_url=sandbox.url, headers=headers, trust_env=False)


def speaking(*dialects: str, **switches: Any) -> Any:
    return running(dialects=read_dialects(dialects), **switches)


def read_again(raw: Any) -> RemoteRun:
    """A run that was read raw, as our client reads it."""
    return read_run(parse(json.dumps(raw).encode()))
