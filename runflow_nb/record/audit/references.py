"""Which files the records of a store speak of, and what to do where one of them is not there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

from ..run import Run, short_id
from .finding import Finding, of_run


@dataclass(slots=True)
class References:
    """Names of files, each with the short id of a run that needs it."""

    originals: dict[str, str] = field(default_factory=dict)
    """By SHA-256."""
    inputs: dict[str, str] = field(default_factory=dict)
    """By SHA-256."""
    previews: dict[str, str] = field(default_factory=dict)
    """By file name."""

    def take(self, run: Run) -> None:
        """Add what this run speaks of."""
        self.originals.update((image.sha256, run.short) for image in run.images)
        for picture in run.pictures:
            if isinstance(file := picture.get("file"), str):
                self.inputs.setdefault(file, run.short)
        if run.preview is not None:
            self.previews[run.preview.path.name] = run.short

    def remedy(self, name: str) -> str | None:
        """What brings back the file of this name once it is deleted; None where nothing needs it."""
        stem = name.partition(".")[0]
        if stem in self.originals:
            return fetched(self.originals[stem])
        if stem in self.inputs:
            return AGAIN
        if name in self.previews:
            return remade(self.previews[name])
        return None


AGAIN = "it is kept anew when a cell is run with the picture itself"


def fetched(short: str) -> str:
    """How an original comes back."""
    return f"%runflow show {short} --fetch brings it back, for nothing"


def remade(short: str) -> str:
    """How a preview comes back."""
    return f"it is made anew from the originals when its cell is run: %runflow cell {short}"


def missing(run: Run, there: Set[str], previews: Set[str]) -> Iterator[Finding]:
    """What the record of this run speaks of and the store has not. `there`: SHA-256 of originals and inputs that lie
    where they belong; `previews`: names of their files."""
    where = of_run(run.short)
    gone = [image for image in run.images if image.sha256 not in there]
    if gone:
        count = "its original is" if len(run.images) == 1 else f"{len(gone)} of its {len(run.images)} originals are"
        yield Finding("missing original", where, f"{count} not in the store", _back(run))
    for picture in run.pictures:
        file = picture.get("file")
        if isinstance(file, str) and file not in there:
            yield Finding(
                "missing input", where, f"a picture that went in is not in the store ({_named(picture)})", _kept()
            )
    if run.preview is not None and run.preview.path.name not in previews:
        yield Finding("missing preview", where, "its preview is not in the store", _sentence(remade(run.short)))


def _named(picture: Mapping[str, object]) -> str:
    """What the picture is called, as it was recorded."""
    if isinstance(run := picture.get("run"), str):
        return f"of run {short_id(run)}"
    return str(picture.get("name"))


def _back(run: Run) -> str:
    if run.input.get("sync_mode"):
        return "It was made with sync_mode and cannot be fetched again: copy it from another store or a backup"
    if run.run_id is None:
        return "Copy it from another store or a backup"
    while_there = ", while that sandbox runs" if run.origin == "sandbox" else ""
    return f"{fetched(run.short)}{while_there}"


def _kept() -> str:
    return _sentence(AGAIN)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
