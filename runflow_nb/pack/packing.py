"""Packing: what was gathered becomes one file. Neither the notebook nor its store is changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import NotPacked, NotUnpacked
from .archive import opened
from .contents import Contents
from .lines import journal_name
from .manifest import Manifest, Sealed
from .names import MANIFEST, PAGE, README, SUFFIX
from .readme import readme
from .writing import Changed, written

Page = Callable[[Contents], str]
"""Makes the page that shows a notebook without Jupyter: HTML."""


def made_files(contents: Contents, page: Page) -> dict[str, bytes]:
    """The files of a pack that are no files of the store, by name, in their order."""
    files = {
        README: readme(contents).encode(),
        PAGE: page(contents).encode("utf-8", "replace"),
        contents.name: contents.data,
    }
    if contents.journal:
        files[journal_name(contents.journal)] = contents.journal
    return files


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it."""

    size: int
    """Bytes."""
    replaced: bool
    """Whether another pack lay there."""


def pack(contents: Contents, target: Path, page: Page, tool: str) -> Written:
    """Write the pack. An older pack of this name is replaced, anything else left alone.

    Raises NotPacked.
    """
    _refuse_others(contents.name, target)
    before = _sha256(target)
    made = made_files(contents, page)
    files = {name: Sealed(len(data), hashlib.sha256(data).hexdigest()) for name, data in made.items()}
    files |= {file.wanted.name: Sealed(file.size, file.sha256) for file in contents.files}
    runs = tuple(run.id for run in contents.runs)
    manifest = Manifest(tool, contents.name, contents.previews_only, runs, files)
    try:
        with written(target) as archive:
            archive.add(MANIFEST, manifest.encode())
            for name, data in made.items():
                archive.add(name, data)
            for file in contents.files:
                archive.copy(file.wanted.name, file.wanted.path, file.size, file.changed)
        return Written(target.stat().st_size, before not in (None, _sha256(target)))
    except Changed as changed:
        raise NotPacked(contents.name, f"changed while it was packed ({changed})", "Pack it again.") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NotPacked(contents.name, f"cannot be packed into {target}: {reason}") from None


def _sha256(path: Path) -> str | None:
    """None where no file is."""
    if not path.exists():
        return None
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def default_target(notebook: Path) -> Path:
    """`STEM.runflow.zip` in the working folder."""
    return Path.cwd() / f"{notebook.stem}{SUFFIX}"


def _refuse_others(name: str, target: Path) -> None:
    """Raises NotPacked where something else than a pack is in the way."""
    if not target.exists():
        return
    try:
        with opened(target):
            return
    except NotUnpacked:
        advice = "Name another file with --output, or move that one away."
        raise NotPacked(name, f"is not packed over {target}, which is something else", advice) from None
