"""The picture of a run as a display bundle: preview, description and record in one output."""

from __future__ import annotations

import base64
from typing import Any

from ..record.run import Run
from .description import alt_text, size
from .run_record import MIME, record

Bundle = dict[str, Any]


def picture_bundle(run: Run) -> tuple[Bundle, Bundle]:
    """(data, metadata). Where the preview cannot be read, the words and the record stand alone."""
    words = f"{alt_text(run)} ({size(run)})"
    data: Bundle = {"text/plain": words, MIME: record([run])}
    if run.preview is None:
        return data, {}
    try:
        picture = run.preview.path.read_bytes()
    except OSError:
        return data, {}
    data[run.preview.mime] = base64.b64encode(picture).decode("ascii")
    return data, {run.preview.mime: {"alt": alt_text(run)}}
