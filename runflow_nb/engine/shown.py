"""What a delivered run needs so that it can be shown: its originals' facts and one small preview, in the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..record.images import NotAPicture
from ..record.preview import make_preview
from ..record.run import Run
from ..record.store import Store
from .recorder import StoredPreview


def store_preview(store: Store, originals: Sequence[Path], blur: bool = False) -> StoredPreview | None:
    """Make the preview of these originals and keep it in the store; None where one of them cannot be decoded.

    Blocks: decodes one picture at a time. Raises StoreUnavailable.
    """
    try:
        data, mime, width, height = make_preview(originals, blur=blur)
    except (NotAPicture, OSError):
        return None
    return StoredPreview(store.keep_preview(data, mime), mime, width, height)


def originals_here(run: Run) -> bool:
    """Whether all originals of the run are in the store."""
    return bool(run.outputs) and all(output.path.exists() for output in run.outputs)


def preview_here(run: Run) -> bool:
    """Whether the run's preview is in the store."""
    return run.preview is not None and run.preview.path.exists()


def needs_no_picture(run: Run) -> bool:
    """Whether all that a notebook shows of the run is words and a link: it delivered no pictures, only files."""
    return bool(run.files) and not run.images
