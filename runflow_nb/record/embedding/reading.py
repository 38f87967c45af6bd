"""The recipe in a picture that somebody else may have made: `recipe_of`."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO

from ...errors import RecipeUnreadable
from .copies import ordinary
from .files import opened
from .recipe import Recipe
from .splice import Unsuited
from .text import load
from .xmp import Unreadable, recipe_text


def recipe_of(picture: str | os.PathLike[str] | bytes) -> Recipe | None:
    """The recipe in this file, or in these bytes of one; None where there is none, also in what is no picture.

    Nothing is decoded, and nothing asked. What it says is the file's word: who had the file may have changed it.
    Raises RecipeUnreadable where there is one that is damaged or of a newer version; OSError.
    """
    if isinstance(picture, bytes | bytearray | memoryview):
        return read_recipe(io.BytesIO(picture), "these bytes")
    path = Path(picture).expanduser()
    with ordinary(path) as stream:
        return read_recipe(stream, path.name)


def read_recipe(stream: IO[bytes], name: str) -> Recipe | None:
    """The same for an open file; `name` is for the error. Raises RecipeUnreadable, OSError."""
    try:
        found = opened(stream)
    except Unsuited:
        return None
    packet = found[1].packet if found else None
    return recipe_in(packet.body, name) if packet else None


def recipe_in(packet: bytes, name: str) -> Recipe | None:
    """The same for an XMP packet that was read already. Raises RecipeUnreadable."""
    try:
        text = recipe_text(packet)
        return None if text is None else load(text)
    except Unreadable as reason:
        raise RecipeUnreadable(name, str(reason)) from None
