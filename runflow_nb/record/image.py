"""One original of a run, as people hold it in their hands."""

from __future__ import annotations

import builtins
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CellText
from .formats import FORMATS

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

NO_ALPHA = frozenset({"JPEG", "BMP"})


class OriginalGone(CellText, FileNotFoundError):
    """The original is not in the store any more."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(path)

    def __str__(self) -> str:
        return (
            f"{self.path} is not in the store.\n"
            "  A clone of a notebook brings previews only: copy the folder images from the store that made the picture."
        )


@dataclass(frozen=True, slots=True)
class Image:
    """An original in the store: the bytes as they were delivered. Sizes in pixels."""

    sha256: str
    path: Path
    format: str
    """As the API spells it: png, jpeg, webp."""
    mime: str
    width: int
    height: int
    size: int
    """Bytes."""
    index: int
    """Its number within the run, from 0."""
    run: str = ""
    """Our id of that run."""

    @property
    def bytes(self) -> builtins.bytes:
        """The original's bytes. Raises OriginalGone."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            raise OriginalGone(self.path) from None

    @property
    def pil(self) -> PilImage:
        """The original, opened with Pillow, with its `.format`. Raises OriginalGone."""
        import io

        from PIL import Image as Pillow

        return Pillow.open(io.BytesIO(self.bytes))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to `path`: the original's own bytes, converted only where the extension asks for it.

        An existing file is overwritten. Raises OriginalGone; ValueError for an extension of no known format.
        """
        target = Path(path)
        wanted = _pillow_format(target)
        if wanted is None or FORMATS[wanted].name == self.format:
            target.write_bytes(self.bytes)
            return target
        with self.pil as picture:
            if wanted in NO_ALPHA and picture.mode not in ("RGB", "L", "1"):
                picture.convert("RGB").save(target, wanted, quality=95)
            else:
                picture.save(target, wanted, quality=95)
        return target


def _pillow_format(target: Path) -> str | None:
    """Pillow's name of the format that the extension asks for; None where there is no extension."""
    from PIL import Image as Pillow

    if not target.suffix:
        return None
    name = Pillow.registered_extensions().get(target.suffix.lower())
    if name not in FORMATS:
        known = ", ".join(sorted(f".{known.extension}" for known in FORMATS.values()))
        raise ValueError(f"{target.suffix} is no picture format that can be written; known are {known}")
    return name
