"""Pictures that have to be uploaded, and what came of them."""

from __future__ import annotations

import io
import json
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

from PIL import Image

import runflow_nb
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.engine.refusals import EDIT, QUICK

DECLARE = "POST /v1/asset-uploads"
READ = "GET /v1/assets/{asset_id}"
STEPS = (DECLARE, "PUT /sandbox/uploads/{asset_id}", "POST /v1/asset-uploads/{asset_id}/confirmations")


def padded(number: int = 0) -> bytes:
    """A small picture with a chunk of padding: it is quickly looked at."""
    stream = io.BytesIO()
    Image.effect_mandelbrot((60, 40), (-2, -1.5, 1, 1.5), 40).save(stream, "PNG")
    data, padding = stream.getvalue(), b"teSt" + bytes([number]) * 2**20
    chunk = (2**20).to_bytes(4, "big") + padding + zlib.crc32(padding).to_bytes(4, "big")
    return data[:-12] + chunk + data[-12:]


def edited(picture: Any, prompt: str = "make it night") -> Run:
    run = runflow_nb.edit(prompt, [picture], model=EDIT, **QUICK)
    assert isinstance(run, Run)
    assert run.status == "succeeded"
    return run


def uploads(sandbox: EmbeddedSandbox) -> tuple[int, ...]:
    """How often each of the three steps was asked for."""
    return tuple(sandbox.book.requests.get(step, 0) for step in STEPS)


def sent(sandbox: EmbeddedSandbox) -> list[str]:
    """The one picture of each create, in their order."""
    return [each.body["input"]["image_urls"][0] for each in sandbox.book.received]


def bought_once(sandbox: EmbeddedSandbox, *runs: Run) -> bool:
    booked = Counter(each.client_ref for each in sandbox.book.runs)
    return booked == Counter(run.id for run in runs) and sandbox.book.billed == sum(run.cost or 0 for run in runs)


def written(store: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in store.rglob("*") if path.is_file() and path.suffix != ".png")


def remembered(store: Path) -> list[dict[str, Any]]:
    (path,) = (store / "uploads").glob("*/*.json")
    told: list[dict[str, Any]] = json.loads(path.read_bytes())["assets"]
    return told
