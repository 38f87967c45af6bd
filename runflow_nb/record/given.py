"""What the journal keeps of a picture that went in: whether its file is the one that its digest speaks of. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OF_PIXELS = frozenset({"pil", "array", "figure"})
"""Sources whose digest is of the pixels, whatever file they were put into."""


def file_of(picture: Mapping[str, Any]) -> str | None:
    """The SHA-256 by which the store has its bytes; None where it says none, or that of another picture: what is sent
    for a request has to be what the request was made of."""
    digest = str(picture.get("digest"))
    sha256 = picture.get("file") or digest.removeprefix("sha256:")
    if not isinstance(sha256, str):
        return None
    return sha256 if str(picture.get("source")) in OF_PIXELS or digest == f"sha256:{sha256}" else None
