"""The record of a run as it is saved in a notebook: `application/vnd.runflow.run+json`.

It holds what was known when the run ended, so that it is the same at every showing, and what a reader without the store
needs. No key, no link, no data of a picture, no address to call back, no path of this machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import PurePath
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


def file_of(path: PurePath) -> str:
    """A file of the store, relative to it: `images/ab/SHA.png`."""
    return "/".join(path.parts[-3:])


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
