"""A person's word on a run of which the API gave none: whether it was billed. One event; the last word counts."""

from __future__ import annotations

from decimal import Decimal

from ..errors import NotSettled
from ..record.run import Run
from ..record.schema import commitments
from ..record.store import Store
from .recorder import Recorder


def settle(store: Store, run: Run, billed: bool) -> Decimal:
    """Write it down, free the run's take, and tell what counts for the run from now on, in USD. Blocks.

    Raises NotSettled where the run has an end of its own, or another kernel is still in the call; StoreUnavailable.
    """
    with store.lock():
        fresh = store.index.run(run.id) or run
        if reason := objection(fresh) or in_the_call(store, fresh):
            raise NotSettled(fresh, reason)
        Recorder(store).settled(fresh.id, billed)
    known = store.index.run(run.id) or fresh
    return commitments(known)[0]


def objection(run: Run) -> str:
    """Why nobody's word is needed on this run; "" where it is. Pure."""
    match run.phase:
        case "ended":
            return f"it ended {run.status}, as the API said"
        case "void":
            return "nothing of it was accepted or is left, so that it counts for nothing"
        case _:
            return ""


def in_the_call(store: Store, run: Run) -> str:
    """Who may still learn what became of it; "" where nobody does."""
    if run.phase == "intent" and run.session != store.session and store.is_alive(run.session):
        return "another kernel is still waiting for its answer"
    return ""
