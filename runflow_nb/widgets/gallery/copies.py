"""Copies of originals where a person wants them: into a folder, or into one zip. Nothing is ever written over."""

from __future__ import annotations

import os
import secrets
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ...errors import NotSaved
from ...notebook.saving import Destination, save
from ...record.embedding.copies import plan, write
from ...record.image import OriginalGone
from ...record.run import Run

ZIP = ".zip"


def copy(runs: Sequence[Run], where: str) -> str:
    """Put the originals of these runs there; what was done, in words. `where`: a folder, or a path that ends in .zip.

    Raises NotSaved, OriginalGone, with no file written over.
    """
    chosen = [run for run in runs if run.outputs]
    if not where.strip():
        raise NotSaved([], "it is not said where: name a folder, or a file that ends in .zip")
    if not chosen:
        raise NotSaved([], "these runs have no pictures and no other files")
    path = Path(where.strip()).expanduser()
    if path.suffix.lower() == ZIP:
        return f"{_counted(_zipped(chosen, path), chosen)} saved in {path}"
    saved = [file for run in chosen for file in save(run, Destination(f"{path}{os.sep}"))]
    return f"{_counted(len(saved), chosen)} saved in {path}"


def _zipped(runs: Sequence[Run], path: Path) -> int:
    """How many files are in it now. Under another name first: no half a file ever has the name."""
    if os.path.lexists(path):
        raise NotSaved([str(path)])
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        count = 0
        # They are compressed already.
        with zipfile.ZipFile(unfinished, "x", zipfile.ZIP_STORED) as archive:
            for run in runs:
                for name, original in zip(Destination("./").paths(run), run.outputs, strict=True):
                    if not original.path.exists():
                        raise OriginalGone(original.path, original.run)
                    entry = zipfile.ZipInfo.from_file(original.path, name.name)
                    with original.path.open("rb") as source, archive.open(entry, "w") as copied:
                        write(plan(source, original).parts, source, copied)
                    count += 1
        _named(unfinished, path)
    except OSError as error:
        if isinstance(error, OriginalGone):
            raise
        raise NotSaved([str(path)], error.strerror or str(error)) from None
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return count


def _named(unfinished: Path, path: Path) -> None:
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        raise NotSaved([str(path)]) from None
    except OSError:
        unfinished.rename(path)  # a file system without links


def _counted(count: int, runs: Sequence[Run]) -> str:
    what = "file" if any(run.files for run in runs) else "picture"
    return f"{count:,} {what}{'s' if count != 1 else ''}"
