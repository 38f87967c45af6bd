"""The journal lines that go out with a notebook: those of its runs, and what its pictures' names stand for. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..record import places
from ..record.journal import SUFFIX, VERSION, encode
from ..record.redact import redact
from ..settings import FOLDER

Event = Mapping[str, Any]


class NamedInput(NamedTuple):
    """What a picture's name stands for in a notebook."""

    name: str
    at: str
    """When it was written down, ISO 8601."""
    digest: str


def run_lines(events: Iterable[Event], notebook: str | None) -> list[bytes]:
    """All lines of one run in the order of time, each once, with the notebook by the name under which it goes out."""
    told = list(events)
    if any(event.get("event") == "forgotten" for event in told):
        # A copy of a line may have come back with a merge: what was forgotten does not go out.
        told = [redact(event) for event in told]
    named = [{**event, "notebook": notebook} if "notebook" in event else event for event in told]
    return sorted({encode(event) for event in named}, key=lambda line: (_moment(line), line))


def _moment(line: bytes) -> bytes:
    _, _, rest = line.partition(b'"at":"')
    return rest[:24]


def input_lines(inputs: Iterable[NamedInput], notebooks: Sequence[str | None]) -> list[bytes]:
    """A line for each name in each of these notebooks; None is one whose front end does not tell its path."""
    newest = {known.name: known for known in sorted(inputs, key=lambda known: (known.at, known.digest))}
    return [
        encode(
            {"v": VERSION, "at": at, "event": "input", "notebook": notebook, "name": name, "digest": digest},
        )
        for name, at, digest in (newest[name] for name in sorted(newest))
        for notebook in notebooks
    ]


def journal_file(data: bytes) -> str:
    """The name of a journal file of these lines: the same lines are the same file, in every clone."""
    return f"pack-{hashlib.sha256(data).hexdigest()[:32]}{SUFFIX}"


def journal_name(data: bytes) -> str:
    """The same, as it is called in a pack."""
    return f"{FOLDER}/{places.JOURNAL}/{journal_file(data)}"
