"""The runs that a saved notebook tells of: each once, with its small picture, and in words what had to be left out."""

from __future__ import annotations

import binascii
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..audit.recipes import is_of_its_request
from ..fold import fold
from ..formats import NotAPicture, facts
from ..notebook_file import SCHEMA
from ..places import PREVIEW_TYPES
from ..run import Run
from .judging import NotARun, events_of
from .outputs import outputs

MOST_RUNS = 5_000
"""Runs of one notebook; of more no front end shows the pictures."""
"""The types that previews have."""
LARGEST_PREVIEW = 2**21
"""Bytes of a small picture, before base64."""
MOST_PIXELS = 2**22
DAMAGED = "damaged"
FORGED = "its recipe is not that of its request"


@dataclass(frozen=True, slots=True)
class SavedPreview:
    """The small picture beside a record."""

    data: bytes
    mime: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SavedRun:
    """One run, as the notebook tells of it."""

    run: Run
    """Without preview, for it lies in no store."""
    events: tuple[Mapping[str, Any], ...]
    preview: SavedPreview | None


@dataclass(frozen=True, slots=True)
class SavedRuns:
    """All of one notebook."""

    runs: tuple[SavedRun, ...]
    """By id, oldest first."""
    left_out: tuple[str, ...]
    """What could not be read, in words."""


def read_runs(data: bytes, now: datetime) -> SavedRuns:
    """The runs in a notebook's bytes. `now`: what was bought later was made up."""
    found: dict[str, SavedRun] = {}
    left: Counter[str] = Counter()
    for record, bundle in outputs(data):
        if record is None:
            left[DAMAGED] += 1
            continue
        runs = record.get("runs")
        if record.get("schema") != SCHEMA or isinstance(record.get("schema"), bool):
            left["of another schema"] += 1
        elif not isinstance(runs, list):
            left[DAMAGED] += 1
        else:
            # The one picture of several runs is a sheet, and the picture of none of them.
            _take_in(found, left, runs, bundle if len(runs) == 1 else {}, now)
    return SavedRuns(tuple(found[run] for run in sorted(found)), tuple(_words(left)))


def _take_in(
    found: dict[str, SavedRun], left: Counter[str], runs: Iterable[object], bundle: Mapping[str, Any], now: datetime
) -> None:
    for given in runs:
        try:
            events = events_of(given, now)
        except NotARun as reason:
            left[f"with {reason} that no run of ours has"] += 1
            continue
        run = fold(events, Path())
        if run is None or not is_of_its_request(run):
            left[FORGED] += 1
            continue
        known = found.get(run.id)
        if known is None and len(found) == MOST_RUNS:
            left[f"beyond the first {MOST_RUNS:,}"] += 1
        elif known is None or known.preview is None:
            # A run is shown as often as its cell was copied; the first that shows the picture speaks.
            preview = _preview(bundle)
            if known is None or preview is not None:
                found[run.id] = SavedRun(run, events, preview)


def _preview(bundle: Mapping[str, Any]) -> SavedPreview | None:
    """The output's picture, where it is one of ours."""
    for mime in PREVIEW_TYPES:
        text = bundle.get(mime)
        text = "".join(map(str, text)) if isinstance(text, list) else text
        if not isinstance(text, str) or len(text) > LARGEST_PREVIEW * 4 // 3 + 4:
            continue
        try:
            data = binascii.a2b_base64(text)
            known = facts(data)
        except (ValueError, NotAPicture):
            continue
        if known.mime == mime and known.width * known.height <= MOST_PIXELS:
            return SavedPreview(data, mime, known.width, known.height)
    return None


def _words(left: Counter[str]) -> Iterable[str]:
    for reason, count in left.items():
        yield f"{count:,} record{'' if count == 1 else 's'} left out: {reason}"
