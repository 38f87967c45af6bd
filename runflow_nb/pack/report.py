"""What goes out, and what came, as plain text. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from ..plain import visible
from ..record.audit.finding import Finding
from ..record.audit.report import listed_lines
from .contents import Contents
from .names import kind_of
from .packing import Written
from .unpacking import Unpacked

LISTED = 10
"""Lines of one kind that are listed; the rest is counted."""
UNITS = ("bytes", "kB", "MB", "GB", "TB")
SURE = "%runflow config reuse=only in a cell makes sure"
FREE = f"Run All costs nothing, and needs no key; {SURE} of it."
LOOK = f"Run All may buy, or show otherwise than it was saved; {SURE} that nothing is bought:"


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
    lines = [head, *_some(f"note: {remark}" for remark in contents.remarks)]
    lines += [*_some(f"note: {finding}" for finding in contents.noticed), *_some(missing)]
    return visible("\n".join([lines[0], *(f"  {line}" for line in lines[1:])]))


def packed(target: str, written: Written) -> str:
    """That it was packed, and what the receiver does."""
    instead = ", in place of the other pack that lay there" if written.replaced else ""
    head = f"Packed: {visible(target)} ({readable(written.size)}){instead}."
    steps = "Its README.md says how to open it; whoever gets it types"
    return f"{head} {steps}\n  runflow-nb unpack {visible(shlex.quote(PurePath(target).name))}"


def arrived(done: Unpacked, noticed: Sequence[Finding] = (), elsewhere: str = "") -> str:
    """What there is now, and what to type next. `noticed`: what Run All would buy, or show otherwise; `elsewhere`: the
    store, where the notebook does not find it by itself."""
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
    steps = [f"jupyter lab {shlex.quote(name)}", LOOK if noticed else FREE]
    if elsewhere:
        steps.insert(0, f"Its runs are not in the notebook's own store: set RUNFLOW_NB_STORE={elsewhere} first")
    lines = [head, *(f"  {line}" for line in [*_some(placed), *_absent(done)]), *steps]
    return visible("\n".join([*lines, *(f"  {line}" for line in listed_lines(noticed))]))


def _absent(done: Unpacked) -> Iterator[str]:
    if not done.absent:
        return
    if done.manifest.previews_only:
        yield "previews only: the originals stayed where they were made"
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
