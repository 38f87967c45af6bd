"""The files that a pattern such as `shots/*.png` matches, in the order that people count in."""

from __future__ import annotations

import difflib
import fnmatch
import glob
import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePath

from .runs import NotFound

WILD = re.compile(r"[*?]")
MAGIC = re.compile(r"[*?\[]")
ALIKE = 0.5
"""A file that begins less like the pattern would only mislead."""


def is_glob(text: str) -> bool:
    """Whether this text may be a pattern."""
    return glob.has_magic(text)


def matching(pattern: str, *, required: bool = True) -> list[str]:
    """The files that match, as they would be typed; `shots/2.png` before `shots/10.png`, hidden ones left out.

    Raises NotFound where there are none and the pattern holds `*` or `?`, or one is `required`.
    """
    expanded = os.path.expanduser(pattern)  # noqa: PTH111 - this never raises
    home = len(expanded) - len(pattern.partition("/")[2])
    start = pattern.partition("/")[0]
    # Path.glob would match hidden files, and drop the ./ that was typed.
    found = [path for path in set(glob.glob(expanded, recursive=True)) if Path(path).is_file()]  # noqa: PTH207
    if expanded != pattern:
        found = [f"{start}/{path[home:]}" for path in found]
    if not found and (required or WILD.search(pattern)):
        raise _nothing(pattern)
    return natural_order(found)


def natural_order(paths: Iterable[str]) -> list[str]:
    """Sorted, numbers in names by their value."""
    return sorted(paths, key=lambda path: ([(_counted(part), part) for part in PurePath(path).parts], path))


def _counted(text: str) -> list[str | int]:
    pieces = re.split(r"(\d+)", text)
    return [int(piece) if odd % 2 else piece.casefold() for odd, piece in enumerate(pieces)]


def _nothing(pattern: str) -> NotFound:
    fixed = _before_magic(PurePath(pattern).parts)
    folder = Path(*fixed).expanduser() if fixed else Path()
    shown = str(PurePath(*fixed)) if fixed else "this folder"
    if not folder.is_dir():
        return NotFound(f"matches nothing: there is no folder {shown}", _near_folder(pattern, fixed))
    return NotFound(f"matches no file in {shown}", _near_pattern(pattern, folder))


def _before_magic(parts: tuple[str, ...]) -> list[str]:
    first = next((i for i, part in enumerate(parts) if glob.has_magic(part)), len(parts) - 1)
    return list(parts[:first])


def _near_folder(pattern: str, fixed: list[str]) -> str | None:
    """The pattern with the first folder that is missing replaced by its neighbour."""
    for depth, name in enumerate(fixed):
        parent = Path(*fixed[:depth]).expanduser() if depth else Path()
        if (parent / name).is_dir():
            continue
        folders = [each.name for each in parent.iterdir() if each.is_dir()]
        close = difflib.get_close_matches(name, folders, n=1)
        rest = PurePath(pattern).parts[depth + 1 :]
        return str(PurePath(*fixed[:depth], close[0], *rest)) if close else None
    return None


def _near_pattern(pattern: str, folder: Path) -> str | None:
    """The same pattern with the ending that matches something, else the file that begins most like it."""
    last = PurePath(pattern).name
    names = natural_order(each.name for each in folder.iterdir() if each.is_file())
    stem, begin = last.rpartition(".")[0], MAGIC.split(last, maxsplit=1)[0]
    fitting = {f"{stem}{PurePath(name).suffix}" for name in names if fnmatch.fnmatch(PurePath(name).stem, stem)}
    close = difflib.get_close_matches(last, sorted(fitting), n=1)
    if not close and begin:
        begins = {name[: len(begin)]: name for name in reversed(names)}
        close = [begins[each] for each in difflib.get_close_matches(begin, begins, n=1, cutoff=ALIKE)]
    return str(PurePath(pattern).with_name(close[0])) if close else None
