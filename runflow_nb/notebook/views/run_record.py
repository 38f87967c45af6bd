"""The record of a run as it is saved in a notebook: `application/vnd.runflow.run+json`.

It holds what was known when the run ended, so that it is the same at every showing, and what a reader without the store
needs. No key, no link, no data of a picture, no address to call back, no path of this machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

from ...record.notebook_file import MIME, SCHEMA
from ...record.output_file import OutputFile
from ...record.run import Run

__all__ = ["MIME", "SCHEMA", "file_of", "record"]


def record(runs: Iterable[Run]) -> dict[str, Any]:
    """The record of these runs, as JSON can carry it."""
    return {"schema": SCHEMA, "runs": [_run(run) for run in runs]}


def _run(run: Run) -> dict[str, Any]:
    amount, kind = run.estimate
    return {
        "id": run.id,
        "run_id": run.run_id,
        "origin": run.origin,
        "model": run.model,
        "status": run.status,
        "recipe": run.recipe,
        "take": run.take,
        **({"remake_of": run.remake_of} if run.remake_of is not None else {}),
        "input": dict(run.input),
        "prompt_template": run.prompt_template,
        "metadata": None if run.metadata is None else dict(run.metadata),
        "seeds": {"asked": run.seeds.asked, "sent": run.seeds.sent, "returned": run.seeds.returned},
        "estimate": {"amount": _money(amount), "kind": kind},
        "cost": _money(run.shown_cost),
        "created_at": _moment(run.created_at),
        "completed_at": _moment(run.completed_at),
        "duration": run.duration,
        "nsfw": run.nsfw,
        "images": [
            {
                "sha256": image.sha256,
                "file": file_of(image.path),
                "mime": image.mime,
                "width": image.width,
                "height": image.height,
                "bytes": image.size,
            }
            for image in run.images
        ],
        **({"files": [_file(file) for file in run.files]} if run.files else {}),
        **({"pictures": [_picture(picture) for picture in run.pictures]} if run.pictures else {}),
        "notes": list(run.notes),
        "warnings": list(run.warnings),
    }


def _file(file: OutputFile) -> dict[str, Any]:
    return {
        "sha256": file.sha256,
        "file": file_of(file.path),
        "type": file.type,
        "mime": file.mime,
        "bytes": file.size,
        "width": file.width,
        "height": file.height,
        "duration": file.duration,
    }


def _picture(picture: Mapping[str, Any]) -> dict[str, Any]:
    """What went in: what it was called in the notebook, as the caption says it too, and its digest."""
    named = {name: picture.get(name) for name in ("typed", "name")}
    if picture.get("source") == "file":
        named = {name: portable(word) if isinstance(word, str) else None for name, word in named.items()}
    return {"digest": picture.get("digest"), **named, "source": picture.get("source")}


def portable(path: str) -> str:
    """A path as it was typed, if it says nothing of this machine; else the file's name."""
    known = PureWindowsPath(path) if "\\" in path else PurePosixPath(path)
    return path if not (known.anchor or known.parts[:1] == ("~",) or ".." in known.parts) else known.name


def file_of(path: PurePath) -> str:
    """A file of the store, relative to it: `images/ab/SHA.png`."""
    return "/".join(path.parts[-3:])


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
