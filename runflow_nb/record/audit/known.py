"""What the journal knows of a run that a server could be asked about. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..run import Phase, Run, short_id


@dataclass(frozen=True, slots=True)
class Known:
    """A run of the journal, in few words: a store may hold very many."""

    id: str
    run_id: str | None
    origin: str
    instance: str | None
    org_id: str | None
    phase: Phase
    status: str
    cost: Decimal | None
    """USD."""
    kept: bool
    """Whether a server keeps it: what was made with sync_mode is in no history."""

    @property
    def short(self) -> str:
        return short_id(self.id)


def known(run: Run) -> Known:
    """The run in few words."""
    return Known(
        id=run.id,
        run_id=run.run_id,
        origin=run.origin,
        instance=run.instance,
        org_id=run.org_id,
        phase=run.phase,
        status=run.status,
        cost=run.cost,
        kept=not run.input.get("sync_mode"),
    )
