"""Which files the records of a store speak of, and what to do where one of them is not there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Literal

from ..run import Run, short_id
from .finding import Finding, of_run

Way = Literal["api", "sandbox", "copy"]
"""From where originals come back: from the API, from a sandbox while it runs, or only from whoever has a copy."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What one run speaks of."""

    short: str
    originals: tuple[str, ...]
    """SHA-256."""
    inputs: tuple[tuple[str, str], ...]
    """(SHA-256, what the picture is called)."""
    preview: str | None
    """Its file's name."""
    back: str
    """How its originals come back."""
    way: Way = "copy"
    session: str = ""
    """The session that bought it."""


def needed(run: Run) -> Needed:
    """What this run speaks of."""
    files = ((picture.get("file"), picture) for picture in run.pictures)
    return Needed(
        run.short,
        tuple(output.sha256 for output in run.outputs),
        tuple((file, _named(picture)) for file, picture in files if isinstance(file, str)),
        None if run.preview is None else run.preview.path.name,
        back(run),
        _way(run),
        run.session,
    )


@dataclass(slots=True)
class References:
    """What all runs speak of."""

    runs: list[Needed] = field(default_factory=list)
    originals: dict[str, Needed] = field(default_factory=dict)
    """By SHA-256."""
    inputs: set[str] = field(default_factory=set)
    """SHA-256."""
    previews: dict[str, Needed] = field(default_factory=dict)
    """By file name."""

    def take(self, run: Needed) -> None:
        """Add what one run speaks of."""
        self.runs.append(run)
        self.originals.update(dict.fromkeys(run.originals, run))
        self.inputs.update(sha256 for sha256, _ in run.inputs)
        if run.preview is not None:
            self.previews[run.preview] = run

    def remedy(self, name: str) -> str | None:
        """What brings back the file of this name once it is deleted; None where nothing needs it."""
        stem = name.partition(".")[0]
        if stem in self.originals:
            return self.originals[stem].back
        if stem in self.inputs:
            return KEPT_ANEW
        if name in self.previews:
            return remade(self.previews[name].short)
        return None


KEPT_ANEW = "Put the picture back where its cell names it and run that cell: the store then holds it again"
SYNC = "It was made with sync_mode and cannot be fetched again: copy it from another store or a backup"
COPY = "Copy it from another store or a backup"


def missing(run: Needed, there: Set[str]) -> Iterator[Finding]:
    """What the record of this run speaks of and the store has not. `there`: names of the files that lie where they
    belong; of originals and inputs the SHA-256 alone."""
    where = of_run(run.short)
    gone = [sha256 for sha256 in run.originals if sha256 not in there]
    if gone:
        count = (
            "its original is" if len(run.originals) == 1 else f"{len(gone)} of its {len(run.originals)} originals are"
        )
        yield Finding("missing original", where, f"{count} not in the store", run.back)
    for sha256, name in run.inputs:
        if sha256 not in there:
            what = f"a picture that went in is not in the store ({name})"
            yield Finding("missing input", where, what, KEPT_ANEW)
    if run.preview is not None and run.preview not in there:
        yield Finding("missing preview", where, "its preview is not in the store", remade(run.short))


def _named(picture: Mapping[str, object]) -> str:
    """What the picture is called, as it was recorded."""
    if isinstance(run := picture.get("run"), str):
        return f"of run {short_id(run)}"
    return str(picture.get("name"))


def back(run: Run) -> str:
    """How the originals of this run come back."""
    match _way(run):
        case "copy":
            return SYNC if run.input.get("sync_mode") else COPY
        case way:
            while_there = ", while that sandbox runs" if way == "sandbox" else ""
            return f"%runflow show {run.short} --fetch brings it back, for nothing{while_there}"


def _way(run: Run) -> Way:
    if run.input.get("sync_mode") or run.run_id is None:
        return "copy"
    return "sandbox" if run.origin == "sandbox" else "api"


def remade(short: str) -> str:
    """How a preview comes back."""
    return f"Its cell makes it anew from the originals: %runflow cell {short}"
