"""How much room a store takes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from . import places


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes on the disk, by kind."""

    originals: int
    """Delivered pictures, and those that were put in."""
    previews: int
    journal: int


def measure(root: Path) -> Usage:
    """What lies in the store at `root`; nothing where there is none. Blocks: asks for the size of every file."""
    return Usage(*(_size(root / folder) for folder in (places.IMAGES, places.PREVIEWS, places.JOURNAL)))


def _size(folder: Path) -> int:
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.stat(os.path.join(place, name)).st_size  # noqa: PTH116,PTH118 - there may be 100,000
            except OSError:  # gone since it was listed
                continue
    return total
