"""Takes that several runs were bought for, and runs of Runflow's that several of ours are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from ..run import short_id
from .book import Claimed
from .finding import Finding, of_run


def claimed_twice(claims: Iterable[Claimed]) -> Iterator[Finding]:
    """`claims`: those of one slot together, the oldest first."""
    for (_, _, _, take), group in groupby(claims, key=lambda claim: claim.slot):
        first, *others = group
        for other in others:
            what = f"take {take} was bought for it and for run {short_id(first.run)}, which keeps it"
            remedy = f"Nothing is lost: --take {other.take} is this one; %runflow cost --ledger says what each cost"
            yield Finding("take claimed twice", of_run(short_id(other.run)), what, remedy)


def same_run_id(shared: Iterable[tuple[str, str, str]]) -> Iterator[Finding]:
    """`shared`: (origin, Runflow's id, our id), those of one together, the oldest first."""
    for (_, run_id), group in groupby(shared, key=lambda row: row[:2]):
        first, *others = (run for _, _, run in group)
        for other in others:
            what = f"is Runflow's run {run_id}, and so is run {short_id(first)}: its cost counts twice"
            yield Finding("run id twice", of_run(short_id(other)), what, "Compare both with app.runflow.io")
