"""The picture of a run as a display bundle: preview, description and record in one output."""

from __future__ import annotations

import base64
from typing import Any

from ...record.image import Image
from ...record.listing import size
from ...record.run import Run
from .description import alt_text
from .files import files_html, files_text
from .run_record import MIME, file_of, record

Bundle = dict[str, Any]
FORGOTTEN = "This run was forgotten: its prompt and pictures were removed."


def picture_bundle(run: Run, *, unveiled: bool = False) -> tuple[Bundle, Bundle]:
    """(data, metadata). Where the preview cannot be read, the words and the record stand alone.

    `unveiled`: a picture whose preview is blurred is shown as it is, where its originals are here.
    """
    words = FORGOTTEN if run.forgotten else f"{alt_text(run)} ({size(run)})"
    data: Bundle = {"text/plain": words, MIME: record([run])}
    if run.files and not run.images and not run.forgotten:
        # There is no picture that HTML would hide.
        return data | {"text/html": files_html(run), "text/plain": files_text(run)}, {}
    shown = _unveiled(run) if unveiled and run.nsfw else _preview(run)
    if shown is None:
        return data, {}
    picture, mime = shown
    data[mime] = base64.b64encode(picture).decode("ascii")
    return data, {mime: {"alt": alt_text(run)}}


def _preview(run: Run) -> tuple[bytes, str] | None:
    """(bytes, mime) of the stored preview, or None."""
    if run.preview is None:
        return None
    try:
        return run.preview.path.read_bytes(), run.preview.mime
    except OSError:
        return None


def _unveiled(run: Run) -> tuple[bytes, str] | None:
    """(bytes, mime) of a preview that is not blurred; it is made for this showing only."""
    if not all(image.path.exists() for image in run.images):
        return _preview(run)
    from ...record.preview import make_preview

    made = make_preview([image.path for image in run.images])
    return made.data, made.mime


def image_bundle(image: Image) -> Bundle:
    """One original as a small picture, with its file."""
    from ...record.preview import make_preview

    words = f"picture {image.index}: {image.width} × {image.height} {image.format.upper()}, {file_of(image.path)}"
    data: Bundle = {"text/plain": words}
    if image.path.exists():
        picture, mime, _, _ = make_preview([image.path])
        data[mime] = base64.b64encode(picture).decode("ascii")
    return data
