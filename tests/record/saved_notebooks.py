"""Saved notebooks with records of runs in them, as this package writes them and as others might."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

from PIL import Image

from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.request import recipe
from runflow_nb.record.notebook_file import MIME
from tests.record.made import MODEL, sha


def told(number: int = 1, prompt: str = "a red fox", **facts: Any) -> dict[str, Any]:
    """One run as a record tells it; `facts` change what it says."""
    given = {"prompt": prompt, "seed": 10 + number, **facts.pop("input", {})}
    model = facts.get("model", MODEL)
    moment = f"2026-01-01T00:{number:02}:00Z"
    return {
        "id": f"01KDTWV5800000000000000{number:03}",
        "run_id": f"remote-{number}",
        "origin": "live",
        "model": model,
        "status": "succeeded",
        "recipe": recipe(CATALOG[model], {name: value for name, value in given.items() if name != "seed"}, [])
        if model in CATALOG
        else "",
        "take": 1,
        "input": given,
        "prompt_template": None,
        "metadata": None,
        "seeds": {"asked": None, "sent": 10 + number, "returned": None},
        "estimate": {"amount": "0.08", "kind": "exact"},
        "cost": "0.08",
        "created_at": moment,
        "completed_at": moment,
        "duration": 12.5,
        "nsfw": None,
        "images": [
            {
                "sha256": sha(f"{prompt} {number}"),
                "file": "images/..",
                "mime": "image/png",
                "width": 1024,
                "height": 1024,
                "bytes": 1_400_000,
            }
        ],
        "notes": [],
        "warnings": [],
        **facts,
    }


def small(colour: int = 1, kind: str = "JPEG", size: tuple[int, int] = (24, 16)) -> bytes:
    """A preview."""
    stream = io.BytesIO()
    Image.new("RGB", size, (colour * 37 % 256, 90, 120)).save(stream, kind)
    return stream.getvalue()


def output(
    run: object, picture: bytes | str | None = None, schema: object = 1, mime: str = "image/jpeg"
) -> dict[str, Any]:
    """The output of a cell that holds this run."""
    data: dict[str, Any] = {MIME: {"schema": schema, "runs": [run]}, "text/plain": ["a fox"]}
    if picture is not None:
        data[mime] = picture if isinstance(picture, str) else base64.b64encode(picture).decode()
    return {"output_type": "display_data", "metadata": {}, "data": data}


def text_of(*outputs: dict[str, Any], source: str = "") -> str:
    """A notebook with a cell for each of these outputs."""
    cells = [{"cell_type": "code", "metadata": {}, "source": [source], "outputs": [one]} for one in outputs]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def save(path: Path, *outputs: dict[str, Any]) -> Path:
    path.write_text(text_of(*outputs), encoding="utf-8")
    return path
