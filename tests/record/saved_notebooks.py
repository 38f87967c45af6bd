"""Saved notebooks with records of runs in them, as this package writes them and as others might."""

from __future__ import annotations

import base64
import copy
import io
import json
import random
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


def damaged(seed: int) -> bytes:
    """A notebook with a picture, a second one and a film, damaged in a way that the seed decides."""
    fox = told(1, metadata={"a": [1, {"b": None}]}, notes=["x"], pictures=[])
    video = {
        "sha256": "1" * 64,
        "type": "video",
        "mime": "video/mp4",
        "bytes": 9,
        "width": 1,
        "height": 1,
        "duration": 2,
    }
    film = told(3, "a film", model="acme/film", recipe="sha256:9:" + "0" * 64, images=[], files=[video])
    whole = text_of(output(fox, small()), output(told(2, "an owl"), small(kind="PNG"), mime="image/png"), output(film))
    chance = random.Random(seed)
    return _mutated(whole, chance) if seed % 2 else _rewritten(json.loads(whole), chance)


def _mutated(text: str, chance: random.Random) -> bytes:
    """Damaged in one of the ways in which files are."""
    data = bytearray(text, "utf-8")
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(data))
        match chance.randrange(6):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + chance.randrange(200)]
            case 2:
                data[place:place] = data[chance.randrange(len(data)) :][: chance.randrange(300)]
            case 3:
                data = data[: place + 1]
            case 4:
                data[place:place] = chance.choice([b"null", b"{", b"]", b'"', b"1e999", b"\\ud800", b"-1", b"[[[["])
            case 5:
                data[place:place] = bytes(chance.randrange(256) for _ in range(chance.randrange(20)))
    return bytes(data)


ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    10**40,
    1e300,
    float("nan"),
    "",
    "\ud800",
    "x" * 300,
    [],
    {},
    [[]],
    {"a": None},
)


def _rewritten(notebook: dict[str, Any], chance: random.Random) -> bytes:
    """Whole JSON, in which values stand for others."""
    for _ in range(chance.randint(1, 8)):
        here: Any = notebook
        while True:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            if not keys:
                break
            key = chance.choice(keys)
            if not isinstance(here[key], dict | list) or not here[key] or chance.random() < 0.08:
                here[key] = copy.deepcopy(chance.choice(ODD))
                break
            here = here[key]
    return json.dumps(notebook).encode()
