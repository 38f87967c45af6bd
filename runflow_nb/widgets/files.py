"""Files of runs inside widgets: told by their hashes, fetched in pieces when a person wants one.

Messages, both ways custom messages of the widget:

    {"ask": "file", "hash", "at": OFFSET}
    {"told": "file", "hash", "at", "size": BYTES of the whole} and the next piece; without one where it cannot be read

A widget does not know where on its page the notebook's folder is, so that a link to a copy there would lead nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..record.listing import file_facts
from ..record.output_file import OutputFile
from ..record.run import Run
from .sendable import sendable

PIECE = 2 * 2**20
"""Bytes of one message."""


def told_files(run: Run) -> list[dict[str, str]]:
    """What the page is told of each: its hash, what it is, and the name that a copy gets."""
    if run.forgotten:
        return []
    return [
        {
            "hash": file.sha256,
            "words": sendable(file_facts(file)),
            "name": sendable(file.shown.name),
        }
        for file in run.files
    ]


def kinds(run: Run) -> str:
    """What stands in the place of a picture: type and size, of several files their types; "" where nothing but pictures
    was delivered."""
    if len(run.files) == 1:
        return sendable(file_facts(run.files[0]))
    return sendable(", ".join(dict.fromkeys(f"{file.type} {file.format}".strip() for file in run.files)))


def piece(files: Mapping[str, OutputFile], name: str, at: int) -> tuple[dict[str, Any], list[bytes]]:
    """The answer to a page that asks for the file of this hash from this place on. Blocks."""
    told: dict[str, Any] = {"told": "file", "hash": name, "at": at}
    file = files.get(name)
    if file is None:
        return told, []
    try:
        with file.path.open("rb") as stream:
            stream.seek(at)
            return {**told, "size": file.size}, [stream.read(PIECE)]
    except (OSError, ValueError):
        return told, []


def by_hash(runs: Iterable[Run]) -> dict[str, OutputFile]:
    """The files of these runs."""
    return {file.sha256: file for run in runs if not run.forgotten for file in run.files}
