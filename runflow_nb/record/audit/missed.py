"""Originals and inputs that are missed. Where there is not one original, as in a clone or beside a pack of previews
only, that is no damage, and is said once in place of a finding for each run. Asked of a store as a whole, or session by
session: who goes on in a clone has the originals of what they bought themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import replace

from .finding import Finding
from .references import Needed, missing


def holds_none(runs: Iterable[Needed], there: Set[str]) -> bool:
    """Whether no original that these runs speak of is there; of runs without any, no input. `there`: SHA-256.

    Stops reading the runs as soon as it is certain.
    """
    spoken_of, inputs = False, set[str]()
    for run in runs if there else ():
        if not there.isdisjoint(run.originals):
            return False
        spoken_of = spoken_of or bool(run.originals)
        inputs.update(sha256 for sha256, _ in run.inputs)
    return spoken_of or there.isdisjoint(inputs)


class Missed:
    """The files of one place that are missed, run by run."""

    def __init__(self, previews_only: Callable[[Needed], bool]) -> None:
        """`previews_only`: whether not one original is there of what this run belongs to; asked only where something
        is missed."""
        self._previews_only = previews_only
        self._away: dict[str, Needed] = {}

    def findings(self, run: Needed, there: Set[str]) -> Iterator[Finding]:
        """What the record of this run speaks of and the place has not; `there` as `missing` takes it."""
        lacked = replace(
            run,
            originals=tuple(sha256 for sha256 in run.originals if sha256 not in there),
            inputs=tuple(each for each in run.inputs if each[0] not in there),
        )
        if (lacked.originals or lacked.inputs) and self._previews_only(run):
            self._away[run.short] = lacked
            run = replace(run, originals=(), inputs=())
        yield from missing(run, there)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is to be said once of all that is away: nothing where nothing is."""
        away = self._away.values()
        originals = {sha256 for run in away for sha256 in run.originals}
        inputs = {sha256 for run in away for sha256, _ in run.inputs} - originals
        if not originals and not inputs:
            return ()
        counts = ((len(originals), "original"), (len(inputs), "picture that went in", "pictures that went in"))
        told = " and ".join(_counted(*count) for count in counts if count[0])
        return (f"Previews only, as in a clone: {told} {_are(len(originals) + len(inputs))} not here. {_back(away)}",)


def _back(away: Iterable[Needed]) -> str:
    """How they come back."""
    copied = "copy of the folder images from where they were made brings all"
    ways = {run.way for run in away if run.originals}
    if ways <= {"copy"}:
        return f"A {copied}."
    terms = "with the key" if "api" in ways else "while that sandbox runs"
    return f"%runflow show RUN --fetch brings originals back for nothing, {terms}; a {copied}."


def _counted(number: int, noun: str, several: str = "") -> str:
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
