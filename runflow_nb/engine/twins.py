"""Runs that the API made of one create beside the first: paid for too, so each is on record as a further take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..record.run import Run
from .lookup import next_take
from .recorder import Recorder

if TYPE_CHECKING:
    from ..api.wire import RemoteRun

WARNING = "the API made this run of a request that it had accepted already: it was not asked for twice"


def in_order(candidates: Iterable[RemoteRun]) -> list[RemoteRun]:
    """The oldest first: it is the one that is shown."""
    return sorted(candidates, key=lambda candidate: (str(candidate.created_at or ""), candidate.id))


def record_twins(recorder: Recorder, run: Run, twins: Sequence[RemoteRun]) -> list[Run]:
    """Write each of them down as an accepted run; those that are on record already are left out. Blocks.

    Raises StoreUnavailable.
    """
    found = []
    store = recorder.store
    with store.lock():
        for remote in twins:
            if store.index.find(remote.id):
                continue
            slots = store.index.slots(run.origin, run.recipe, run.seeds.asked)
            # In one line with its acceptance: an intent alone would be searched for, and might be sent.
            accepted = {"run_id": remote.id, "org_id": remote.org_id or run.org_id}
            found.append(recorder.intent(store.new_id(), _facts(run, next_take(slots)) | accepted))
    return found


def _facts(run: Run, take: int) -> dict[str, object]:
    """What was written down of the run when it was begun, with a take of its own."""
    amount = run.estimate.amount
    return {
        "session": run.session,
        "origin": run.origin,
        "instance": run.instance,
        "model": run.model,
        "recipe": run.recipe,
        "input": dict(run.input),
        "seed_asked": run.seeds.asked,
        "seed_sent": run.seeds.sent,
        "take": take,
        "notebook": run.notebook,
        "studio": run.studio,
        "tags": list(run.tags),
        "prompt_template": run.prompt_template,
        "metadata": None if run.metadata is None else dict(run.metadata),
        "callback_url": run.callback_url,
        "pictures": [dict(picture) for picture in run.pictures],
        "warnings": [*run.warnings, WARNING],
        "key": run.key,
        "reserved": None if run.reserved is None else str(run.reserved),
        "estimate": {
            "amount": None if amount is None else str(amount),
            "kind": run.estimate.kind,
            "upper": None if run.reserved is None else str(run.reserved),
        },
    }
