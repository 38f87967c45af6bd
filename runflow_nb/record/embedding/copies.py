"""Copies of an original for use outside of the store: with its recipe or without, and told from other pictures."""

from __future__ import annotations

import hashlib
import io
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Literal

from ... import settings
from ..image import Image
from ..output_file import OutputFile
from .files import bare, embedded, opened
from .splice import Parts, Unsuited, size_of, write
from .text import dump, load
from .xmp import Unreadable

__all__ = ["Form", "Plan", "form", "ordinary", "plan", "write"]

Form = Literal["other", "bare", "embedded"]
"""What lies at a path: anything else, the original's own bytes, or these with a recipe put in."""
SIGNED = "is signed (C2PA), and has no recipe in it: --embed (embed=True) puts that in, and breaks the signature"


@dataclass(frozen=True, slots=True)
class Plan:
    """A copy that is to be written."""

    form: Form
    parts: Parts
    left_out: str = ""
    """Why it has no recipe although copies are to have one, ready to follow its name."""


def form(path: Path, original: Image | OutputFile) -> Form:
    """What lies there, compared with this original, which need not be there any more."""
    try:
        with ordinary(path) as stream:
            if size_of(stream) == original.size:
                stream.seek(0)
                if hashlib.file_digest(stream, "sha256").hexdigest() == original.sha256:
                    return "bare"
            return "other" if bare(stream, original.sha256) is None else "embedded"
    except OSError:
        return "other"


def plan(source: IO[bytes], original: Image | OutputFile, embed: bool | None = None) -> Plan:
    """How a copy is made of `source`: the original, a copy of it in any form, or a picture that was made of it.

    `embed`: whether the recipe goes in; None: as it is set, and into nothing that is signed. Raises InvalidSetting.
    """
    whole: Parts = ((0, size_of(source)),)
    without = Plan("bare", bare(source, original.sha256) or whole)
    recipe = original.recipe if isinstance(original, Image) else None
    if recipe is None or not (settings.read("embed") if embed is None else embed):
        return without
    try:
        found = opened(source)
        if found is None:
            return replace(without, left_out="is of a format that has no place for a recipe" if embed else "")
        if found[1].signed and embed is None:
            raise Unsuited(SIGNED)
        text = dump(replace(recipe, sha256=original.sha256, number=original.index))
        load(text)
        return Plan("embedded", embedded(*found, text))
    except Unreadable as reason:
        # The record may hold what no recipe can, such as half a character: better none than one that nobody reads.
        return replace(without, left_out=f"has no recipe in it, which could not be read again: {reason}")
    except Unsuited as reason:
        return replace(without, left_out=str(reason))


@contextmanager
def ordinary(path: Path) -> Iterator[io.BufferedReader]:
    """The file, open for reading; a pipe or a device would keep us waiting. Raises OSError."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is no ordinary file")
    with path.open("rb") as stream:
        yield stream
