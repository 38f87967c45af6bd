"""The picture of a run as a display bundle: preview, description and record in one output."""

from __future__ import annotations

import base64
from typing import Any

from ..record.image import Image
from ..record.run import Run
from .description import alt_text, size
from .run_record import MIME, file_of, record

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


def image_bundle(image: Image) -> Bundle:
    """One original as a small picture, with its file."""
    from ..record.preview import make_preview

    words = f"picture {image.index}: {image.width} × {image.height} {image.format.upper()}, {file_of(image.path)}"
    data: Bundle = {"text/plain": words}
    if image.path.exists():
        picture, mime, _, _ = make_preview([image.path])
        data[mime] = base64.b64encode(picture).decode("ascii")
    return data
