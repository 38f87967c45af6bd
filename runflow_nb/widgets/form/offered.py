"""Pictures that the notebook has at hand: those of its runs, and what a word stands for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from IPython import get_ipython

from ... import calls
from ...engine.pictures.addresses import problem_with, scheme
from ...engine.pictures.files import check_size
from ...engine.pictures.given import Given, plain
from ...notebook.references.pictures import Surroundings, given_pictures
from ...notebook.showing.shown import last_shown
from ...plain import shortened
from ...record.formats import NotAPicture, facts
from ...record.image import Image
from ...record.run import Run, short_id
from ..sendable import sendable
from ..sources import Source, source_of_run, sources_of_images
from .state import GonePicture

RECENT = 12
"""Runs whose pictures are offered; an older one goes by its id."""
LABEL = 60
"""Characters of a picture's name."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where pictures come from."""

    recent: Callable[[], Sequence[Run]]
    """This notebook's runs, newest first. Blocks."""
    named: Callable[[str], Sequence[Any]]
    """The pictures that a word stands for: a variable, a path, an address, a run. Raises LookupError, NotAPicture."""


def of_notebook() -> Sources:
    """The sources of the notebook that is calling."""
    return Sources(lambda: [run for run in calls.history()[: 4 * RECENT] if run.images][:RECENT], _named)


def _named(text: str) -> Sequence[Any]:
    shell = get_ipython()
    names = {} if shell is None else shell.user_ns
    last = None if shell is None else last_shown(shell)
    around = Surroundings(names, last, calls.current_store, calls.notebook_of(calls.session().settings()))
    found = given_pictures(text.strip(), around)
    for one in map(plain, found):
        if isinstance(one, str):
            _check(one)
    return found


def _check(text: str) -> None:
    """What can be seen at once of a file or an address. Raises NotAPicture."""
    if scheme(text) in ("http", "https"):
        if wrong := problem_with(text):
            raise NotAPicture(wrong)
    elif scheme(text) is None and (path := Path(text).expanduser()).is_file():
        check_size(path.stat().st_size)
        facts(path)


@dataclass(frozen=True, slots=True)
class Offered:
    """A picture that may be added."""

    label: str
    picture: Given
    source: Source
    """How it is shown."""


def offered_of(runs: Sequence[Run]) -> list[Offered]:
    """Every picture of these runs that is here."""
    found = []
    for run in runs:
        for image, source in zip(run.images, sources_of_images(run), strict=True):
            word = f"{run.short}[{image.index}]" if len(run.images) > 1 else run.short
            found.append(Offered(shortened(sendable(f"{word} {run.prompt}"), LABEL), Given(image, word), source))
    return found


def source_of(given: Any) -> Source | None:
    """How a picture that was added is shown; None where seeing it takes more than opening a file. May block."""
    match plain(given):
        case Image() as image:
            run = calls.current_store().index.run(image.run)
            found = [] if run is None else [each for each in sources_of_images(run) if each.hash == image.sha256]
            return found[0] if found else Source(image.sha256, original=image.path)
        case Run() as run:
            return source_of_run(run)
        case bytes() as data:
            return Source(hashlib.sha256(data).hexdigest(), original=data)
        case str() | PathLike() as path if scheme(str(path)) is None:
            file = Path(path).expanduser()
            return Source(hashlib.sha256(bytes(file.absolute())).hexdigest(), original=file)
        case _:
            return None


def dropped(name: str, data: bytes) -> Given:
    """The bytes of a file as a picture of that name. Raises NotAPicture, whose text follows the name."""
    check_size(len(data))
    facts(data)
    return Given(data, sendable(name))


def picture_name(given: Any) -> str:
    """What a picture is called in the form: plain text of one line."""
    match given:
        case Given():
            name = given.typed
        case GonePicture():
            name = f"{given.name} (gone)"
        case Image():
            name = f"run {short_id(given.run)} picture {given.index}"
        case Run():
            name = f"run {given.short}"
        case str():
            name = given
        case _:
            name = f"a {type(given).__name__}"
    return shortened(sendable(name), LABEL)
