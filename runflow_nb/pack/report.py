"""What goes out, and what came, as plain text. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from ..plain import visible
from .contents import Contents
from .names import kind_of
from .unpacking import Unpacked

LISTED = 10
"""Lines of one kind that are listed; the rest is counted."""
UNITS = ("bytes", "kB", "MB", "GB", "TB")
FREE = "Run All costs nothing, and needs no key; %runflow config reuse=only in a cell makes sure of it."


def going_out(contents: Contents) -> str:
    """What a pack would hold, and what whoever packs should know of it."""
    kinds = [kind_of(file.wanted.name) for file in contents.files]
    size = len(contents.data) + len(contents.journal) + sum(file.size for file in contents.files)
    inputs = {str(picture.get("file")) for run in contents.runs for picture in run.pictures}
    inputs -= {output.sha256 for run in contents.runs for output in run.outputs}
    went_in = sum(file.wanted.key in inputs for file in contents.files)
    told = [
        f"the notebook ({readable(len(contents.data))})",
        f"{counted(len(contents.runs), 'run')} of the journal",
        "no originals" if contents.previews_only else counted(kinds.count("image") - went_in, "original"),
        *([f"{counted(went_in, 'picture')} that went in"] if went_in else []),
        counted(kinds.count("preview"), "preview"),
    ]
    head = f"{contents.name}: {', '.join(told)}; {readable(size)} in all, prompts and prices included."
    missing = (f"missing: {finding}" for finding in contents.missing)
    lines = [head, *_some(f"note: {remark}" for remark in contents.remarks), *_some(missing)]
    return visible("\n".join([lines[0], *(f"  {line}" for line in lines[1:])]))


def packed(target: str, size: int) -> str:
    """That it was packed, and what the receiver does."""
    head = f"Packed: {visible(target)} ({readable(size)}). Its README.md says how to open it; whoever gets it types"
    return f"{head}\n  runflow-nb unpack {visible(shlex.quote(PurePath(target).name))}"


def arrived(done: Unpacked) -> str:
    """What there is now, and what to type next."""
    name = done.notebook.name
    if not done.changed:
        head = f"Nothing to do: {name} and all that it shows are here already."
    else:
        told = [
            name if done.new else f"{name} (was here)",
            f"{counted(len(done.runs), 'run')}{_older(done)}",
            counted(done.pictures, "picture"),
            counted(done.previews, "preview"),
        ]
        head = f"Unpacked: {', '.join(told)}."
    placed = [
        f"run {each.run.short} is take {each.take} here (was {each.before}): that request was on record before"
        for each in done.placed
    ]
    steps = [f"jupyter lab {shlex.quote(name)}", FREE]
    return visible("\n".join([head, *(f"  {line}" for line in [*_some(placed), *_absent(done)]), *steps]))


def _absent(done: Unpacked) -> Iterator[str]:
    if not done.absent:
        return
    if done.manifest.previews_only:
        yield "previews only: the originals stayed with whoever packed it"
    else:
        yield f"{counted(done.absent, 'original')} could not be packed: whoever packed it can fetch and pack again"


def _older(done: Unpacked) -> str:
    here = len(done.manifest.runs) - len(done.runs)
    return f" ({here:,} more were here)" if here else ""


def _some(lines: Iterable[str]) -> Iterator[str]:
    every = list(lines)
    yield from every[:LISTED]
    if len(every) > LISTED:
        yield f"and {len(every) - LISTED:,} more"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def readable(number: int) -> str:
    """Bytes as people write them."""
    size, unit = float(number), 0
    while size >= 1000 and unit < len(UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {UNITS[unit]}" if unit == 0 else f"{size:.1f} {UNITS[unit]}"
