"""The verdict on a soak: the server's book against the journal and the files of the store."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal

from runflow_nb.engine.recorder import open_runs
from runflow_nb.record.run import Run
from runflow_nb.record.store import Store
from tests.soak.server import SoakServer


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of what was asked for and billed. Money in USD."""

    accepted: int
    billed: int
    """Runs that the server has billed."""
    lost: tuple[str, ...]
    """Of those: which are not on record with every picture as the server has it, and why."""
    doubled: tuple[str, ...]
    """Requests of which more takes were billed than anybody asked for."""
    missing: tuple[str, ...]
    """Requests of which a take was asked for that is neither there nor held by a run of unknown fate."""
    server: Decimal
    """What the server has billed."""
    ledger: Decimal
    """What the journal says that it was billed."""
    still_open: tuple[str, ...]
    """Runs of which no answer tells, with what is held for them."""

    @property
    def difference(self) -> Decimal:
        return self.ledger - self.server

    @property
    def flawless(self) -> bool:
        return not (self.lost or self.doubled or self.missing or self.difference)


def judge(server: SoakServer, store: Store, wanted: Mapping[str, int]) -> Verdict:
    """Look at each run that the server has billed."""
    book = server.book()
    billed = [run for run in book["runs"] if Decimal(run["billed"])]
    told = Counter[str]()

    def look(booked: Mapping[str, str]) -> str | None:
        remote = server.run(booked["id"])
        told[remote["input"]["prompt"]] += 1
        theirs = [hashlib.sha256(server.picture(output["url"])).hexdigest() for output in remote["output"]["outputs"]]
        why = _lost(store.index.run(booked["client_ref"]), theirs)
        return f"{booked['client_ref']}: {why}" if why else None

    with ThreadPoolExecutor(8) as pool:
        lost = [each for each in pool.map(look, billed) if each]
    doubled = [f"{prompt}: billed {told[prompt]} times" for prompt in told if told[prompt] > wanted.get(prompt, 0)]
    runs = open_runs(store)
    made = told + Counter(run.prompt for run in runs)
    missing = [f"{prompt}: {made[prompt]} of {takes}" for prompt, takes in wanted.items() if made[prompt] < takes]
    ledger = store.index.costs().get("sandbox", Decimal(0))
    still_open = [f"{run.id}: {run.phase}, {run.reserved} USD held ({run.failure})" for run in runs]
    return Verdict(
        accepted=len(book["runs"]),
        billed=len(billed),
        lost=tuple(lost),
        doubled=tuple(doubled),
        missing=tuple(missing),
        server=Decimal(book["billed"]),
        ledger=ledger,
        still_open=tuple(still_open),
    )


def _lost(run: Run | None, theirs: list[str]) -> str:
    """Why a billed run counts as lost; "" where it is on record, its pictures whole and the server's own."""
    if run is None:
        return "it is not on record"
    if not run.delivered:
        return f"it is {run.phase} on record"
    mine = [image.sha256 for image in run.images]
    if mine != theirs:
        return f"other pictures are on record than the server has ({'; '.join(run.notes)})"
    for image in run.images:
        if not image.path.exists():
            return "its picture is not in the store"
        if hashlib.sha256(image.path.read_bytes()).hexdigest() != image.sha256:
            return "its picture is damaged"
    return ""
