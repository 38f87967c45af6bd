"""Folders and files on the disk that go on from a path as it is typed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

MOST_READ, MOST_OFFERED = 5_000, 200
"""A folder of a million files must not keep a Tab waiting."""


def files_at(typed: str, folder: Path, endings: tuple[str, ...]) -> list[str]:
    """Files with one of these endings, in small letters, and folders (with a slash), whose path begins as typed.

    Folders come last; nothing comes where none can be read.
    """
    above, slash, name = typed.rpartition("/")
    try:
        place = folder / Path((above or "/") if slash else ".").expanduser()
        with os.scandir(place) as entries:
            found = sorted(_fitting(islice(entries, MOST_READ), name, endings))
    except (OSError, RuntimeError, ValueError):
        return []
    return [f"{above}{slash}{entry}" for _, entry in found[:MOST_OFFERED]]


def _fitting(entries: Iterator[os.DirEntry[str]], name: str, endings: tuple[str, ...]) -> Iterator[tuple[bool, str]]:
    for entry in entries:
        if not entry.name.startswith(name) or (entry.name.startswith(".") and not name.startswith(".")):
            continue
        if entry.is_dir():
            yield True, entry.name + "/"
        elif entry.name.lower().endswith(endings):
            yield False, entry.name
