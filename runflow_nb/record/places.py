"""Where things lie in a store. Pure: a store that was copied elsewhere has the same places below another root."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath

from .formats import FORMATS
from .output_file import EXTENSIONS as FILE_EXTENSIONS

JOURNAL = "journal"
OPEN = "open"
IMAGES = "images"
PREVIEWS = "previews"
SHA256 = re.compile(r"[0-9a-f]{64}")
"""What an original and an input is called by."""
PREVIEW_KEY = re.compile(r"[0-9a-f]{32}")
"""What a preview is called by: the beginning of its hash."""
PREVIEW_TYPES = ("image/jpeg", "image/png")
"""What previews are made as."""
LOCKS = "locks"
UPLOADS = "uploads"
SHOWN = "runflow_files"
"""Beside the store: copies of delivered files that are no pictures."""
INDEX = "index.sqlite"
UNSAFE = re.compile(r"[^\w.-]", re.ASCII)
LONGEST_NAME = 60
IGNORED = f"/{IMAGES}/\n/{OPEN}/\n/{LOCKS}/\n/{UPLOADS}/\n/{INDEX}*\n*.tmp\n"
"""Journal and previews go into git; originals are large, and the rest is of one machine."""


EXTENSIONS = {**FILE_EXTENSIONS, **{known.mime: known.extension for known in FORMATS.values()}}


def extension(mime: str) -> str:
    """A file's extension for this type, without a dot."""
    return EXTENSIONS.get(mime, "bin")


def original_path(root: Path, sha256: str, mime: str) -> Path:
    """Where an original or an input lies."""
    return root.joinpath(IMAGES, sha256[:2], f"{sha256}.{extension(mime)}")


def preview_path(root: Path, key: str, mime: str) -> Path:
    """Where a preview lies."""
    return root.joinpath(PREVIEWS, f"{key}.{extension(mime)}")


def shown_name(model: str, short: str) -> str:
    """The stem of the name of such a copy, safe on every disk: journals come from others too. `short`: the run's."""
    words = (UNSAFE.sub("-", part).strip(".-") for part in (model.rpartition("/")[2][:LONGEST_NAME], short))
    return "-".join(filter(None, words)) or "file"


def shown_path(root: Path, name: str) -> Path:
    """Where the copy of a delivered file lies that people open: servers of notebooks show no hidden folder."""
    return root.parent.joinpath(SHOWN, name)


def notebook_path(root: Path, name: str) -> Path:
    """Where a notebook lies that is recorded under this name."""
    return root.parent / name


def notebook_name(root: Path, notebook: str | PurePath | None) -> str | None:
    """A notebook as it is recorded: relative to the folder that holds the store where it lies below it, with slashes.

    A path that is relative already is taken as such.
    """
    if notebook is None or not str(notebook):
        return None
    path = Path(notebook)
    if not path.is_absolute():
        return Path(os.path.normpath(path)).as_posix()
    for base, inner in ((root.parent, Path(os.path.normpath(path))), (root.parent.resolve(), path.resolve())):
        if inner.is_relative_to(base):
            return inner.relative_to(base).as_posix()
    return path.as_posix()
