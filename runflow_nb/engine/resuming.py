"""All runs of a store that were cut off, brought to their ends at once. Never sends a create."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..errors import RunFailed, RunflowError, StillRunning
from ..record.run import Run
from ..record.store import Store
from ..settings import Settings
from .engine import Engine
from .job import Job
from .recorder import open_runs


@dataclass(frozen=True, slots=True)
class Resumed:
    """What became of them."""

    collected: tuple[Run, ...] = ()
    """With their pictures."""
    closed: tuple[Run, ...] = ()
    """Ended without one, or nothing is left of them; their takes are free."""
    left: tuple[tuple[Run, RunflowError], ...] = ()
    """Those that are as open as before, and why."""
    priced: Mapping[str, Decimal] | None = None
    """Ended runs that are now known to have cost this, in USD."""


class Resuming:
    """Runs on their way to their ends. Giving it up changes nothing for them."""

    def __init__(self, engine: Engine, runs: Sequence[Run], settings: Settings) -> None:
        """Begins with all of them; returns at once. Raises what `Engine.collect` raises."""
        self._jobs = [(run, engine.collect(run, settings)) for run in runs]

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def ended(self) -> int:
        """How many have come to an end."""
        return sum(job.done() for _, job in self._jobs)

    def next(self) -> Job | None:
        """One that is still on its way; None when all have ended."""
        return next((job for _, job in self._jobs if not job.done()), None)

    def resumed(self, waited: float, priced: Mapping[str, Decimal] | None = None) -> Resumed:
        """What has become of each after so many seconds."""
        collected: list[Run] = []
        closed: list[Run] = []
        left: list[tuple[Run, RunflowError]] = []
        for run, job in self._jobs:
            if not job.done():
                left.append((run, StillRunning(run.id, waited)))
                continue
            try:
                collected.append(job.wait())
            except RunFailed as failed:
                closed.append(failed.run)
            except RunflowError as error:
                left.append((run, error))
        return Resumed(tuple(collected), tuple(closed), tuple(left), priced)


def cut_off(store: Store) -> list[Run]:
    """The open and unknown runs that no living process is at, this one included. Blocks."""
    return [run for run in open_runs(store) if run.phase == "unknown" or not store.is_alive(run.session)]


def resumable(store: Store) -> list[Run]:
    """The open and unknown runs that may be asked about here. Blocks.

    A sandbox of another living process may be embedded in it: for others it is as good as gone, and its runs are not.
    """
    # A copy of a store, or a clone, has no markers: there the journal tells.
    found = {run.id: run for run in (*open_runs(store), *store.index.open_runs())}
    return [run for _, run in sorted(found.items()) if run.origin != "sandbox" or not _elsewhere(store, run)]


def _elsewhere(store: Store, run: Run) -> bool:
    return run.session != store.session and store.is_alive(run.session)
