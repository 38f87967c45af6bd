"""Runs as the journal tells them, for tests of how they are shown."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from runflow_nb.record.fold import fold
from runflow_nb.record.places import preview_path
from runflow_nb.record.preview import make_preview
from runflow_nb.record.run import Run

RUN = "01KG0000000000000000000000"
PROMPT = "A red fox asleep in fresh snow"


def originals(root: Path, count: int, size: tuple[int, int] = (160, 90)) -> list[dict[str, Any]]:
    """Pictures in the store, as a `finished` event lists them."""
    outputs = []
    for number in range(count):
        path = root / "picture.png"
        root.mkdir(parents=True, exist_ok=True)
        Pillow.new("RGB", size, (200, 40 * number, 60)).save(path)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        place = root / "images" / sha256[:2] / f"{sha256}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        path.rename(place)
        outputs.append(
            {
                "sha256": sha256,
                "format": "png",
                "mime": "image/png",
                "width": size[0],
                "height": size[1],
                "bytes": place.stat().st_size,
            }
        )
    return outputs


def preview(root: Path, outputs: list[dict[str, Any]]) -> dict[str, Any]:
    """The preview of these pictures in the store, as a `finished` event tells it."""
    paths = [root / "images" / output["sha256"][:2] / f"{output['sha256']}.png" for output in outputs]
    data, mime, width, height = make_preview(paths)
    key = hashlib.sha256(data).hexdigest()[:32]
    place = preview_path(root, key, mime)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return {"key": key, "mime": mime, "width": width, "height": height}


def made(
    root: Path, *, pictures: int = 1, intent: dict[str, Any] | None = None, finished: dict[str, Any] | None = None
) -> Run:
    """A delivered run in the store `root`; `intent` and `finished` change what its events say."""
    outputs = originals(root, pictures)
    events: list[dict[str, Any]] = [
        {
            "event": "intent",
            "run": RUN,
            "at": "2026-01-31T23:30:00.000Z",
            "session": RUN,
            "origin": "live",
            "model": "google/nano-banana-2",
            "recipe": "sha256:1:" + "0" * 64,
            "input": {"prompt": PROMPT, "aspect_ratio": "16:9", "seed": 42},
            "seed_asked": None,
            "seed_sent": 42,
            "take": 1,
            "key": RUN,
            "estimate": {"amount": "0.08", "kind": "exact", "upper": "0.08"},
            **(intent or {}),
        },
        {"event": "accepted", "run": RUN, "at": "2026-01-31T23:30:01.000Z", "run_id": "0198f2a4", "org_id": None},
        {
            "event": "finished",
            "run": RUN,
            "at": "2026-01-31T23:30:12.000Z",
            "status": "succeeded",
            "cost": "0.08",
            "duration": 12.0,
            "seed_returned": None,
            "outputs": outputs,
            "preview": preview(root, outputs),
            **(finished or {}),
        },
    ]
    run = fold(events, root)
    assert run is not None
    return run
