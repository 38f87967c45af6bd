"""Words that stand for the pictures of an earlier run, in a cell that is written for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from ...engine.pictures.reading import read_pictures
from ...errors import InvalidRequest
from ...record.history import History
from ...record.store import Store
from ..cell.cell_text import NoCell
from .pictures import Surroundings, given_pictures
from .runs import NotFound

LOOKED_THROUGH = 500
"""Runs before this one in which a picture is looked for."""


class Maker(Protocol):
    """What pictures went into."""

    @property
    def pictures(self) -> tuple[Mapping[str, Any], ...]: ...
    @property
    def created_at(self) -> datetime: ...


def picture_names(run: Maker, around: Surroundings, store: Store) -> list[str]:
    """A word for each picture that went in, which stands for the very same bytes now. Raises NoCell."""
    return [picture_name(known, run, around, store) for known in run.pictures]


def picture_name(known: Mapping[str, Any], run: Maker, around: Surroundings, store: Store) -> str:
    """A word for this one of a run's pictures. Raises NoCell."""
    wanted = str(known.get("digest"))
    for word in _candidates(known, wanted, run, store):
        # A word is one line; and no option keeps blanks at its ends.
        if word and word == word.strip() and len(word.splitlines()) == 1 and _digest(word, around, store) == wanted:
            return word
    number, what = run.pictures.index(known), known.get("typed") or known.get("name") or "it"
    raise NoCell(f"took a picture that nothing here stands for any more (picture [{number}]: {what})")


def _candidates(known: Mapping[str, Any], digest: str, run: Maker, store: Store) -> Iterator[str]:
    """The most lasting first: a file or address as it was typed, a run, a variable, at last the store's own file."""
    name, typed, source = str(known.get("name") or ""), str(known.get("typed") or ""), known.get("source")
    if source in ("file", "url"):
        # A variable of the same name would come first.
        yield from (name, f"./{name}")
    yield from _of_runs(digest.removeprefix("sha256:"), name.removeprefix("run "), run, store)
    yield typed
    if (stored := store.images.find(str(known.get("file")))) is not None:
        yield _short_path(stored)


def _of_runs(sha256: str, maker: str, run: Maker, store: Store) -> Iterator[str]:
    """The picture by the id of a run that made it."""
    named = store.index.runs([maker])
    earlier = History(store.index).where(until=run.created_at)
    for found in (*named, *islice(earlier, LOOKED_THROUGH)):
        for image in found.images:
            if image.sha256 == sha256:
                yield f"{found.id}[{image.index}]" if len(found.images) > 1 else found.id
                return


def _short_path(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _digest(word: str, around: Surroundings, store: Store) -> str | None:
    """Of what a word stands for now; None where it stands for nothing, or for several."""

    def recall(name: str) -> str | None:
        return store.index.input_digest(store.relative(around.notebook), name)

    try:
        found = read_pictures(given_pictures(word, around), images=store.images, recall=recall)
    except (NotFound, InvalidRequest):
        return None
    return found[0].digest if len(found) == 1 else None
