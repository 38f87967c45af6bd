"""Runs that have no end yet, and the markers that say so. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...money import usd
from ..places import JOURNAL, OPEN
from ..run import Run, short_id
from .finding import Finding, of_run


def unended(run: Run, marked: bool) -> Iterator[Finding]:
    """The finding about a run that is open or unknown; none about any other."""
    if not run.open and run.phase != "unknown":
        return
    most = "nobody knows how much" if run.reserved is None else f"up to {usd(run.reserved)}"
    where, held = of_run(run.short), f"since {run.created_at:%Y-%m-%d %H:%M} UTC; {most} is held"
    settle = f"%runflow settle {run.short} --billed or --not-billed closes it"
    unknown = run.phase == "unknown"
    if not marked:
        what = f"has no end, and no marker in {OPEN}/, so that nobody resumes it ({held})"
        again = settle if unknown else f"%runflow cell {run.short} gives the cell that collects it"
        yield Finding("no marker", where, what, again)
    elif unknown:
        what = f"no answer tells whether it was accepted ({held})"
        yield Finding("unknown", where, what, f"%runflow resume looks for it once more; else {settle}")
    else:
        yield Finding("open", where, f"is on its way, or was cut off ({held})", "%runflow resume collects it")


def loose_markers(markers: Iterable[str], unended: set[str], known: set[str]) -> Iterator[Finding]:
    """Markers without a run that has no end. `known`: all runs of the journal."""
    for name in markers:
        if name in unended:
            continue
        if name in known:
            what, remedy = f"run {short_id(name)} has ended", "Nothing is lost: the next %runflow resume removes it"
        else:
            what = "the journal has no such run"
            remedy = f"Delete it, if no file of {JOURNAL}/ is missing: a run is marked before anything is sent"
        yield Finding("loose marker", f"{OPEN}/{name}", what, remedy)
