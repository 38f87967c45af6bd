"""The journal lines of a pack, believed only as far as they are what this package writes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..record import places
from ..record.fold import KINDS, fold
from ..record.given import file_of
from ..record.ids import is_made_up
from ..record.journal import VERSION, decode
from ..record.run import Run, short_id
from .manifest import SHA256

KEY = re.compile(r"[0-9a-f]{32}")
"""What a preview is called."""


class NoJournal(ValueError):
    """These are no lines of ours; the text says why, ready to follow "has a journal that"."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a pack's journal tells."""

    runs: Mapping[str, Run]
    """By id, oldest first."""
    events: Mapping[str, Sequence[Mapping[str, Any]]]
    """By run."""
    inputs: tuple[Mapping[str, Any], ...]
    """What the names of pictures stand for."""


def read(data: bytes, root: Path, expected: Sequence[str], now: float) -> Brought:
    """`root`: the store that they go to. `expected`: the runs that the manifest names. `now`: seconds since 1970.

    Raises NoJournal.
    """
    events: dict[str, list[dict[str, Any]]] = {run: [] for run in sorted(expected)}
    inputs = []
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        event = decode(line)
        if event is None:
            raise NoJournal(f"cannot be read in line {number}")
        run = event.get("run")
        if event.get("v") != VERSION:
            raise NoJournal(f"is of another version, or another program's, in line {number}")
        if event["event"] == "input":
            if not all(isinstance(event.get(name), str) for name in ("name", "digest", "at")):
                raise NoJournal(f"names a picture in a way that is not ours in line {number}")
            inputs.append(event)
        elif not (isinstance(run, str) and run in events and isinstance(event.get("at"), str)):
            raise NoJournal(f"tells of another run than those of the pack in line {number}")
        elif event["event"] not in KINDS:
            # Anything else would be said of this store, or of an account.
            raise NoJournal(f"says what is said of no run in line {number}")
        else:
            events[run].append(_without_inputs(event))
    if data and not data.endswith(b"\n"):
        raise NoJournal("has no end")
    if ahead := [run for run in events if is_made_up(run, now)]:
        raise NoJournal(f"tells of run {short_id(ahead[0])} as of a day that is yet to come, by this machine's clock")
    return Brought({run: _run(run, told, root) for run, told in events.items()}, events, tuple(inputs))


def _without_inputs(event: dict[str, Any]) -> dict[str, Any]:
    """What the names of pictures stand for here is not a pack's to forget."""
    if event["event"] != "forgotten":
        return event
    return {name: value for name, value in event.items() if name != "inputs"}


def _run(name: str, events: Sequence[Mapping[str, Any]], root: Path) -> Run:
    run = fold(events, root)
    if run is None or run.id != name:
        raise NoJournal(f"does not tell how run {name[-6:]} began")
    if run.open or run.phase == "unknown":
        # It would hold a place and a part of the budget here, for ever.
        raise NoJournal(f"tells of run {run.short} as if it were still on its way")
    if not (run.origin and run.model and run.recipe):
        raise NoJournal(f"does not say what run {run.short} was")
    # These become paths: nothing else than a hash may.
    hashes = [output.sha256 for output in run.outputs]
    hashes += [str(picture.get("file")) for picture in run.pictures if picture.get("file") is not None]
    previews = [] if run.preview is None else [run.preview.path]
    if not all(SHA256.fullmatch(sha256) for sha256 in hashes) or not all(_is_preview(path, root) for path in previews):
        raise NoJournal(f"speaks of files that are no store's, in run {run.short}")
    if any(picture.get("file") is not None and file_of(picture) is None for picture in run.pictures):
        raise NoJournal(f"gives another picture than the one that went in, in run {run.short}")
    return run


def _is_preview(path: Path, root: Path) -> bool:
    return path.parent == root / places.PREVIEWS and bool(KEY.fullmatch(path.stem))


def spoken_of(runs: Mapping[str, Run]) -> Iterator[tuple[str, str]]:
    """(what a record calls a file, our id of the run that speaks of it): originals and inputs by hash, previews by
    name."""
    for run in runs.values():
        for output in run.outputs:
            yield output.sha256, run.id
        for picture in run.pictures:
            if isinstance(sha256 := picture.get("file"), str):
                yield sha256, run.id
        if run.preview is not None:
            yield run.preview.path.name, run.id
