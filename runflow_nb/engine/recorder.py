"""Each step of a run, written down: one method an event. Any thread; every method is on the disk when it returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..record.fold import fold
from ..record.journal import moment
from ..record.run import Run
from ..record.store import Store

if TYPE_CHECKING:
    from ..api.wire import RemoteRun

TICK = 0.001
"""Seconds: what tells two moments of the journal apart."""


@dataclass(frozen=True, slots=True)
class StoredOutput:
    """One delivered picture, in the store."""

    sha256: str
    format: str
    mime: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Something delivered that is no picture, in the store."""

    sha256: str
    type: str
    mime: str
    bytes: int
    width: int | None
    height: int | None
    duration: float | None


@dataclass(frozen=True, slots=True)
class StoredPreview:
    """The small picture that stands for the run in a notebook."""

    key: str
    mime: str
    width: int
    height: int


class Recorder:
    """Writes the events of runs to a store's journal and keeps the markers of open runs."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def intent(self, run: str, facts: Mapping[str, Any]) -> Run:
        """Before the POST: from here on the run may cost money. The marker comes first: it may be there for nothing,
        but no open run is without one. The run as it is now on record."""
        self.store.mark_open(run)
        written = self.store.journal.append({"event": "intent", "run": run, **facts})
        begun = fold([written], self.store.root)
        assert begun is not None
        return begun

    def accepted(self, run: str, remote: RemoteRun, twins: Sequence[RemoteRun] = ()) -> None:
        """`twins`: other runs that the API made of the same create."""
        event = {"event": "accepted", "run": run, "run_id": remote.id, "org_id": remote.org_id}
        self.store.journal.append(event | ({"twins": [twin.id for twin in twins]} if twins else {}))

    def resent(self, run: str, key: str, why: str, held: Decimal | None = None) -> None:
        """Before a create is sent once more with the same key and body: from here on this process is in the call.

        `held`: USD that the budget holds for it from now on, where that may be another sum.
        """
        reserved = {} if held is None else {"reserved": str(held)}
        session = self.store.session
        self._said({"event": "resent", "run": run, "session": session, "key": key, "why": why, **reserved})

    def repeated(self, run: str) -> None:
        """Before a create that was not taken is sent again: the minute of quiet counts from here."""
        self._said({"event": "repeated", "run": run})

    def amended(self, run: str, key: str, why: str, changes: Mapping[str, Any]) -> None:
        """Before a refused create is sent with a changed body, which is a new create with a new key."""
        self.store.journal.append({"event": "amended", "run": run, "key": key, "why": why, **changes})

    def unknown(self, run: str, reason: str) -> None:
        self.store.journal.append({"event": "unknown", "run": run, "reason": reason})

    def void(self, run: str, reason: str) -> None:
        """Nothing was accepted, or nothing is left of what was: the slot is free again."""
        self.store.journal.append({"event": "void", "run": run, "reason": reason})
        self.store.unmark_open(run)

    def priced(self, run: str, cost: Decimal) -> None:
        """What an ended run cost, told later."""
        self.store.journal.append({"event": "priced", "run": run, "cost": str(cost)})

    def settled(self, run: str, billed: bool) -> None:
        """A person's word on a run that nobody else can tell of: its slot is free again."""
        self._said({"event": "settled", "run": run, "billed": billed})
        self.store.unmark_open(run)

    def tagged(self, run: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """What a person puts on a run, or takes off it again."""
        self._said({"event": "tagged", "run": run, "add": list(add), "remove": list(remove)})

    def rated(self, run: str, stars: int | None) -> None:
        """How well a person likes a run, from 1 to 5; None takes it back."""
        self._said({"event": "rated", "run": run, "stars": stars})

    def _said(self, event: dict[str, Any]) -> None:
        known = self.store.index.run(str(event["run"]))
        # After all that is known of it, also where another machine's clock is ahead: the last word counts.
        latest = 0.0 if known is None else known.updated_at.timestamp() + TICK
        self.store.journal.append({**event, "at": moment(max(self.store.clock.time(), latest))})

    def proven(self, origin: str, org_id: str | None) -> None:
        """A search by `client_ref` has found an accepted run there, so that not finding one means something."""
        self.store.journal.append({"event": "proven", "origin": origin, "org_id": org_id})

    def input(self, notebook: str | None, name: str, digest: str) -> None:
        """What a picture's name, as typed in this notebook, stands for from now on."""
        self.store.journal.append({"event": "input", "notebook": notebook, "name": name, "digest": digest})

    def finished(
        self,
        run: str,
        remote: RemoteRun,
        duration: float | None,
        outputs: Sequence[StoredOutput | StoredFile] = (),
        preview: StoredPreview | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        """The end of an accepted run, its pictures already in the store."""
        failure = remote.failure
        self.store.journal.append(
            {
                "event": "finished",
                "run": run,
                "run_id": remote.id,
                "status": remote.status,
                "cost": _text(remote.cost),
                "seed_returned": remote.seed,
                "duration": None if duration is None else round(duration, 3),
                "timing": remote.timing,
                "nsfw": remote.nsfw,
                "model_data": remote.model_data,
                "failure": None if failure is None else failure.message or failure.code or remote.status,
                "outputs": [asdict(output) for output in outputs],
                "preview": None if preview is None else asdict(preview),
                "notes": list(notes),
            }
        )
        self.store.unmark_open(run)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def open_runs(store: Store) -> list[Run]:
    """The runs that a marker says are open, as the journal has them; markers of settled runs are removed."""
    found = []
    for name in store.open_markers():
        run = store.index.run(name)
        if run is not None and (run.open or run.phase == "unknown"):
            found.append(run)
        elif run is not None:
            store.unmark_open(name)
    return found
