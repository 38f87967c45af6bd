"""One original of a run, as people hold it in their hands."""

from __future__ import annotations

import builtins
import io
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CellText
from .formats import FORMATS

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

    from .embedding.recipe import Recipe

NO_ALPHA = frozenset({"JPEG", "BMP"})


class OriginalGone(CellText, FileNotFoundError):
    """The original is not in the store. `.path`: where it would lie; `.run`: our id of its run, "" where none is known.

    What it says may be saved with a notebook: it names no folder of this machine.
    """

    def __init__(self, path: Path, run: str = "") -> None:
        self.path, self.run = path, run
        super().__init__(path)

    def __str__(self) -> str:
        from .run import short_id

        short = short_id(self.run)
        what = f"run {short}: its original" if short else "/".join(self.path.parts[-3:])
        return (
            f"{what} is not in the store.\n"
            "  A clone of a notebook, and a pack of previews only, bring none. "
            f"%runflow show {short or 'RUN'} --fetch brings it back, for nothing."
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
    recipe: Recipe | None = field(default=None, repr=False, compare=False)
    """What that run asked for, as copies tell it; None where nothing tells."""

    @property
    def bytes(self) -> builtins.bytes:
        """The original's bytes. Raises OriginalGone."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            raise OriginalGone(self.path, self.run) from None

    @property
    def pil(self) -> PilImage:
        """The original, opened with Pillow, with its `.format`. Raises OriginalGone."""
        from PIL import Image as Pillow

        return Pillow.open(io.BytesIO(self.bytes))

    def save(self, path: str | os.PathLike[str], *, embed: bool | None = None) -> Path:
        """Write the picture to `path`: the original's own bytes, converted only where the extension asks for it.

        PNG, JPEG and WebP get the recipe embedded, between their parts; no pixel is touched. `embed` False: no recipe;
        True: also in an original that is signed (C2PA), whose signature that breaks; None: as the setting `embed` says,
        but a signed one stays as it is, with a warning. An existing file is overwritten.
        Raises OriginalGone; ValueError for an extension of no known format.
        """
        import warnings

        from .embedding.copies import plan, write

        target = Path(path)
        family = _pillow_format(target)
        source = io.BytesIO(self.bytes)
        if family is not None and FORMATS[family].name != self.format:
            source = self._converted(family)
        planned = plan(source, self, embed)
        with target.open("wb") as stream:
            write(planned.parts, source, stream)
        if planned.left_out:
            warnings.warn(f"{target} {planned.left_out}.", stacklevel=2)
        return target

    def _converted(self, family: str) -> io.BytesIO:
        found = io.BytesIO()
        with self.pil as picture:
            if family in NO_ALPHA and picture.mode not in ("RGB", "L", "1"):
                picture.convert("RGB").save(found, family, quality=95)
            else:
                picture.save(found, family, quality=95)
        return found


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
