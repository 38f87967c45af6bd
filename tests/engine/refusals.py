"""What a bad day has to say, and what it must not have done."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterable
from typing import Any

import pytest
from PIL import Image

import runflow_nb
from runflow_nb.engine.job import Job
from runflow_nb.errors import BudgetExceeded, RunflowError
from runflow_nb.record.run import Run

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}
CREATE = "POST /v1/models/{model_id:path}/runs"
EDIT = "google/nano-banana-2/edit"
NOTHING_BILLED = "Nothing was billed."


def png() -> bytes:
    stream = io.BytesIO()
    Image.effect_mandelbrot((60, 40), (-2, -1.5, 1, 1.5), 40).save(stream, "PNG")
    return stream.getvalue()


def refused(kind: type[RunflowError], *lines: str, prompt: Any = "an owl", **given: Any) -> RunflowError:
    """The error that this request ends in, each of these texts on a line of its own message."""
    with pytest.raises(RunflowError) as raised:
        runflow_nb.generate(prompt, **given)
    assert type(raised.value) is kind, raised.value
    text = str(raised.value).splitlines()
    for line in lines:
        assert any(line in each for each in text), f"{line!r} is not in {text}"
    assert len(text) <= 6
    return raised.value


def owl(**given: Any) -> Run:
    run = runflow_nb.generate("an owl", **QUICK, **given)
    assert isinstance(run, Run)
    return run


def closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def bought(jobs: Iterable[Job]) -> int:
    """How many of these were bought; the budget refused the others."""
    count = 0
    for job in jobs:
        try:
            job.wait(30)
            count += 1
        except BudgetExceeded:
            continue
    return count
