"""A saved notebook's runs on their way into a store: those that it lacks, behind those that it has. Overwrites nothing.

What is written depends on what the notebook and the store say and on nothing else: the same notebook read in two clones
is the same journal file, and merges.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .. import places
from ..fold import NOTEBOOK, SOURCE
from ..formats import NotAPicture
from ..journal import SUFFIX, VERSION, encode
from ..numbering import Group, Placed, place
from ..preview import make_preview
from ..run import Run
from ..store import Store
from .judging import moment_text
from .reading import SavedPreview, SavedRun, read_runs

KEY_LENGTH = 32
"""Characters of the hash that a preview is called by."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of it."""

    runs: tuple[Run, ...]
    """Those that are new here."""
    previews: int
    """Those that were lost and are back."""
    left_out: tuple[str, ...]
    """What of the notebook could not be read, in words."""

    @property
    def changed(self) -> bool:
        """Whether a look-up may now find more."""
        return bool(self.runs or self.previews)


def bring(store: Store, data: bytes, notebook: str | None) -> Brought:
    """Bring in what a notebook's bytes tell, and the previews that the store has lost.

    `notebook`: as it is recorded. Raises StoreUnavailable.
    """
    told = read_runs(data, datetime.fromtimestamp(store.clock.time(), UTC))
    known = {run.id: run for run in store.index.runs([saved.run.id for saved in told.runs])}
    lost = [(known[saved.run.id], saved) for saved in told.runs if saved.run.id in known]
    previews = sum(_put_back(store, run, saved) for run, saved in lost)
    if len(known) == len(told.runs):
        return Brought((), previews, told.left_out)
    store.prepare()
    with store.lock():
        # Another process may have brought some of them meanwhile.
        known = {run.id: run for run in store.index.runs([saved.run.id for saved in told.runs])}
        new = tuple(saved for saved in told.runs if saved.run.id not in known)
        _write(store, new, notebook)
    return Brought(tuple(saved.run for saved in new), previews, told.left_out)


def _put_back(store: Store, run: Run, saved: SavedRun) -> bool:
    """Whether the run's preview was gone and is back: this, or what was made of it, is the same to the byte."""
    if run.preview is None or run.forgotten or run.preview.path.exists():
        return False
    for preview in (saved.preview, _veiled(saved)):
        if preview and run.preview.path.stem == hashlib.sha256(preview.data).hexdigest()[:KEY_LENGTH]:
            store.keep_preview(preview.data, preview.mime)
            return True
    return False


def _write(store: Store, new: Sequence[SavedRun], notebook: str | None) -> None:
    """The previews first: no line speaks of one that is not there. Raises StoreUnavailable."""
    previews = {saved.run.id: _veiled(saved) for saved in new}
    kept = {run: _kept(store, preview) for run, preview in previews.items() if preview is not None}
    placed = place([saved.run for saved in new], lambda group: _held(store, group))
    data = b"".join(map(encode, [*_events(store, new, kept, notebook), *map(_renumbered, placed)]))
    path = store.root / places.JOURNAL / f"{NOTEBOOK}-{hashlib.sha256(data).hexdigest()[:32]}{SUFFIX}"
    if data and not path.exists():
        store.disk.replace(path, data)


def _veiled(saved: SavedRun) -> SavedPreview | None:
    """Its preview; that of a flagged run blurred, since it may have been saved as it was shown unveiled."""
    if saved.preview is None or not saved.run.nsfw:
        return saved.preview
    try:
        return SavedPreview(*make_preview([saved.preview.data], blur=True))
    except (OSError, NotAPicture):
        return None


def _kept(store: Store, preview: SavedPreview) -> Mapping[str, Any]:
    key = store.keep_preview(preview.data, preview.mime)
    return {"key": key, "mime": preview.mime, "width": preview.width, "height": preview.height}


def _held(store: Store, group: Group) -> Mapping[int, Run]:
    return store.index.slots(group.origin, group.recipe, group.asked)


def _events(
    store: Store, new: Sequence[SavedRun], kept: Mapping[str, Mapping[str, Any]], notebook: str | None
) -> Iterator[dict[str, Any]]:
    names: dict[str, dict[str, Any]] = {}
    for saved in new:
        began, ended = saved.events
        yield {**began, "notebook": notebook}
        yield {**ended, "preview": kept.get(saved.run.id)}
        for picture in saved.run.pictures:
            if isinstance(name := picture.get("name"), str) and picture.get("source") in ("file", "url"):
                said = {"event": "input", "notebook": notebook, "name": name, "digest": picture["digest"]}
                names[name] = {"v": VERSION, "at": began["at"], SOURCE: NOTEBOOK, **said}
    # What a missing file's name stood for; what was read here since is newer, or goes before in any case.
    yield from (names[name] for name in sorted(names) if store.index.input_digest(notebook, name) is None)


def _renumbered(placed: Placed) -> dict[str, Any]:
    run = placed.run
    at = moment_text(run.created_at)
    return {"v": VERSION, "at": at, "event": "renumbered", "run": run.id, SOURCE: NOTEBOOK, "take": placed.take}
