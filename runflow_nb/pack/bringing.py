"""The journal lines of a pack, believed only as far as they are what this package writes. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..record.audit.recipes import is_of_its_request
from ..record.fold import KINDS, LARGEST, NOTEBOOK, PACK, SOURCE, fold
from ..record.formats import NotAPicture, facts
from ..record.given import file_of
from ..record.ids import AHEAD, is_made_up
from ..record.journal import VERSION, decode
from ..record.places import PREVIEW_KEY, PREVIEW_TYPES, SHA256
from ..record.run import Run, short_id

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
"""How a journal writes one: the order of the texts is the order of time, and the last word counts."""


class NoJournal(ValueError):
    """These are no lines of ours; the text says why, ready to follow "has a journal that"."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a pack's journal tells."""

    runs: Mapping[str, Run]
    """By id, oldest first."""
    events: Mapping[str, Sequence[Mapping[str, Any]]]
    """By run, as they will be told here."""
    inputs: tuple[Mapping[str, Any], ...]
    """What the names of pictures stand for."""


def read(data: bytes, root: Path, expected: Sequence[str], notebook: str, now: float) -> Brought:
    """`root`: the store that they go to. `expected`, `notebook`: what the manifest names. `now`: seconds since 1970.

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
            inputs.append(_as_told_here(event, notebook))
        elif not (isinstance(run, str) and run in events):
            raise NoJournal(f"tells of another run than those of the pack in line {number}")
        elif event["event"] not in KINDS:
            # Anything else would be said of this store, or of an account.
            raise NoJournal(f"says what is said of no run in line {number}")
        else:
            events[run].append(_as_told_here(event, notebook))
        if trouble := _trouble_with(event, now):
            raise NoJournal(f"{trouble} in line {number}")
    if data and not data.endswith(b"\n"):
        raise NoJournal("has no end")
    if ahead := [run for run in events if is_made_up(run, now)]:
        raise NoJournal(f"tells of run {short_id(ahead[0])} as of a day that is yet to come, by this machine's clock")
    return Brought({run: _run(run, told, root) for run, told in events.items()}, events, tuple(inputs))


def _trouble_with(event: Mapping[str, Any], now: float) -> str | None:
    """What no line of ours has; None where this may be one."""
    at = event.get("at")
    try:
        seconds = datetime.fromisoformat(at).timestamp() if isinstance(at, str) and MOMENT.fullmatch(at) else None
    except ValueError:
        seconds = None
    if seconds is None:
        return "has no moment"
    if seconds > now + AHEAD:
        # Nothing that is said here could overrule it.
        return "tells of a moment that is yet to come, by this machine's clock,"
    if (preview := event.get("preview")) is not None and not _is_preview(preview):
        return "has a preview that is none of ours"
    if not all(map(_is_bounded, _numbers(event))):
        return "has a number that no run has"
    return None


def _is_preview(given: object) -> bool:
    """Whether it can be a small picture of a store: its key becomes a path, its type what a notebook shows it as."""
    if not isinstance(given, dict) or given.get("mime") not in PREVIEW_TYPES:
        return False
    key = given.get("key")
    return isinstance(key, str) and PREVIEW_KEY.fullmatch(key) is not None


def _numbers(event: Mapping[str, Any]) -> Iterator[int | float]:
    """Those that are counted with. What a model was given and what it said besides is nobody's to judge."""
    outputs = event.get("outputs")
    for facts_of in (event, event.get("preview"), *(outputs if isinstance(outputs, list) else [])):
        if isinstance(facts_of, dict):
            yield from (value for value in facts_of.values() if isinstance(value, int | float))


def _is_bounded(number: float) -> bool:
    """Also what is none: an API may have told that, and it counts for nothing."""
    return -LARGEST < number < LARGEST or not (isinstance(number, int) or math.isfinite(number))


def _as_told_here(event: Mapping[str, Any], notebook: str) -> dict[str, Any]:
    """With all that decides which of several lines counts, so that what is judged is what will be believed.

    What the names of pictures stand for here is not a pack's to forget.
    """
    told = {name: value for name, value in event.items() if (event["event"], name) != ("forgotten", "inputs")}
    told[SOURCE] = NOTEBOOK if event.get(SOURCE) == NOTEBOOK else PACK
    if event.get("notebook") is not None:
        told["notebook"] = notebook
    return told


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
    if not all(SHA256.fullmatch(sha256) for sha256 in hashes):
        raise NoJournal(f"speaks of files that are no store's, in run {run.short}")
    if any(picture.get("file") is not None and file_of(picture) is None for picture in run.pictures):
        raise NoJournal(f"gives another picture than the one that went in, in run {run.short}")
    if not is_of_its_request(run):
        raise NoJournal(f"gives run {run.short} the recipe of another request")
    return run


def is_preview_of(run: Run, data: bytes) -> bool:
    """Whether this file is the small picture that the run speaks of."""
    try:
        known = facts(data)
    except NotAPicture:
        return False
    told = run.preview
    return told is not None and (known.mime, known.width, known.height) == (told.mime, told.width, told.height)


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
