"""A run on the page: its picture or its files, its caption, and what it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from ....pack.contents import Contents
from ....plain import shortened
from ....record.listing import file_facts
from ....record.output_file import OutputFile
from ....record.run import Run
from ..bundles import FORGOTTEN
from ..caption import caption_html
from ..description import alt_text, remarks
from .text import escaped

NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Shelf:
    """What lies in the pack."""

    names: Mapping[str, str]
    """What a record calls a file -> its name there."""
    veiled: frozenset[str]
    """SHA-256 of pictures that are not shown as they are."""
    previews_only: bool


def shelf(contents: Contents) -> Shelf:
    """What of these lies in the pack."""
    names = {file.wanted.key: file.wanted.name for file in contents.files}
    veiled = frozenset(image.sha256 for run in contents.runs if run.nsfw for image in run.images)
    return Shelf(names, veiled, contents.previews_only)


def figure_html(run: Run, shelf: Shelf) -> str:
    """Everything that people wrote is escaped."""
    if run.forgotten:
        return f'<figure><div class="quiet">{FORGOTTEN}</div></figure>\n'
    files = "".join(_file(file, shelf) for file in run.files)
    picture = _picture(run, shelf) if run.images or not run.files else ""
    caption = caption_html(run, remarks(run), "")
    return f"<figure>{picture}{files}<figcaption>{caption}{_made_from(run, shelf)}</figcaption></figure>\n"


def _picture(run: Run, shelf: Shelf) -> str:
    originals = [(image.index, shelf.names[image.sha256]) for image in run.images if image.sha256 in shelf.names]
    preview = run.preview
    name = None if preview is None else shelf.names.get(preview.path.name)
    links = " ".join(f'<a href="{quote(file)}">{number}</a>' for number, file in originals)
    if preview is None or name is None:
        words = "No preview is in this pack." if run.images else f"No picture: {run.failure or run.status}"
        below = f" Originals: {links}" if links else ""
        return f'<div class="files"><span class="quiet">{escaped(words)}</span>{below}</div>'
    size = f' width="{preview.width}" height="{preview.height}"' if preview.width and preview.height else ""
    words = escaped(alt_text(run))
    image = f'<img class="picture" src="{quote(name)}" alt="{words}"{size} loading="lazy">'
    if len(originals) == 1:
        return f'<a href="{quote(originals[0][1])}">{image}</a>'
    return image + (f'<div class="files quiet">Originals: {links}</div>' if links else "")


def _file(file: OutputFile, shelf: Shelf) -> str:
    """A film, a sound: by the name that the notebook gives it."""
    name, words = escaped(file.shown.name), escaped(file_facts(file))
    where = shelf.names.get(file.sha256)
    if where is not None:
        link = f'<a href="{quote(where)}" download="{name}">{name}</a>'
        return f'<div class="files">{link} <span class="quiet">{words}</span></div>'
    why = "left out: this pack has previews only" if shelf.previews_only else "not in this pack"
    return f'<div class="files">{name} <span class="quiet">{words}, {why}</span></div>'


def _made_from(run: Run, shelf: Shelf) -> str:
    given = "".join(_given(run, picture, shelf) for picture in run.pictures)
    return f'<div class="from"><span class="quiet">Made from</span>{given}</div>' if given else ""


def _given(run: Run, picture: Mapping[str, Any], shelf: Shelf) -> str:
    name = escaped(shortened(_name(picture), NAME_LENGTH) or "a picture")
    sha256 = str(picture.get("file"))
    where = shelf.names.get(sha256)
    if where is None:
        why = "left out" if shelf.previews_only else "not in this pack"
        return f'<span>{name} <span class="quiet">{why}</span></span>'
    # What a flagged picture was made from may show the same.
    if run.nsfw or sha256 in shelf.veiled:
        return f'<a href="{quote(where)}">{name}</a>'
    return f'<a href="{quote(where)}"><img src="{quote(where)}" alt="" loading="lazy">{name}</a>'


def _name(picture: Mapping[str, Any]) -> str:
    """What was typed for it; of a file the name, not the place."""
    words = next(filter(None, _texts(picture)), "")
    return PurePath(words).name if picture.get("source") == "file" else words


def _texts(picture: Mapping[str, Any]) -> Iterator[str]:
    yield str(picture.get("typed") or "")
    yield str(picture.get("name") or "")
