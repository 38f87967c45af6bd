"""The journal beside the server's list of runs: each difference is named. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ...money import usd
from .finding import Finding, of_run
from .known import Known

OURS = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
"""What a `client_ref` looks like that this package has drawn."""
SANDBOX = "sandbox"
DASHBOARD = "app.runflow.io"
RESUME = "%runflow resume collects it"


@dataclass(frozen=True, slots=True)
class ServerRun:
    """A run as the server tells of it."""

    id: str
    client_ref: str | None
    status: str
    ended: bool
    cost: Decimal | None
    """USD."""


@dataclass(frozen=True, slots=True)
class ServerRuns:
    """What a server told of one organisation's runs."""

    origin: str
    instance: str | None
    org_id: str | None
    runs: tuple[ServerRun, ...]
    absent: frozenset[str]
    """Ids that it was asked for one by one, and does not know."""
    whole: bool
    """Whether these are all that it has."""


def comparable(known: Iterable[Known], origin: str, instance: str | None, org_id: str | None) -> list[Known]:
    """The runs that this server must know: of its origin, of this very sandbox, and of the same organisation."""
    return [
        run
        for run in known
        if run.origin == origin
        and (origin != SANDBOX or run.instance == instance)
        and (origin == SANDBOX or None in (run.org_id, org_id) or run.org_id == org_id)
    ]


def compare(known: Sequence[Known], server: ServerRuns, *, shared: bool = False) -> Iterator[Finding]:
    """Every difference. `shared`: the organisation has other stores too, whose runs are not looked for here."""
    ours = {run.id: run for run in known}
    recorded = {run.run_id for run in known if run.run_id is not None}
    for label, remotes in _by_label(server.runs).items():
        run = ours.get(label)
        if run is not None:
            yield from _labelled(run, remotes, recorded)
        elif not shared and OURS.fullmatch(label):
            yield from _foreign(remotes, recorded)
    there = {remote.id: remote for remote in server.runs}
    for run in comparable(known, server.origin, server.instance, server.org_id):
        remote = there.get(run.run_id or "")
        if remote is not None:
            yield from _costs(run, remote)
            yield from _statuses(run, remote)
        elif run.run_id in server.absent and run.kept and run.phase in ("accepted", "ended"):
            what = f"the server does not know it ({run.run_id})"
            yield Finding(
                "not on server", of_run(run.short), what, f"Look for it at {DASHBOARD}, with this key's organisation"
            )


def compared(known: Iterable[Known], server: ServerRuns) -> str:
    """What was compared, in words."""
    own = comparable(known, server.origin, server.instance, server.org_id)
    named = {run.run_id for run in own if run.run_id is not None}
    here = sum((run.cost for run in own if run.cost is not None), Decimal(0))
    there = sum((run.cost for run in server.runs if run.cost is not None and run.id in named), Decimal(0))
    count = f"{len(named):,} run{'' if len(named) == 1 else 's'}"
    more = "" if server.whole else "; the server has more runs than it listed"
    return f"Compared with the server ({server.origin}): {count}, {usd(here)} here and {usd(there)} there{more}."


def _by_label(runs: Iterable[ServerRun]) -> Mapping[str, list[ServerRun]]:
    found: dict[str, list[ServerRun]] = {}
    for run in runs:
        if run.client_ref:
            found.setdefault(run.client_ref, []).append(run)
    return found


def _foreign(remotes: Sequence[ServerRun], recorded: set[str]) -> Iterator[Finding]:
    for remote in remotes:
        if remote.id in recorded:
            continue
        what = f"the server has it ({_told(remote)}), and the journal has not"
        remedy = "It is of a journal file that is missing, or of another store: --shared passes over those"
        yield Finding("not in journal", f"client_ref {remote.client_ref}", what, remedy)


def _labelled(run: Known, remotes: Sequence[ServerRun], recorded: set[str]) -> Iterator[Finding]:
    where, ids = of_run(run.short), [remote.id for remote in remotes]
    lost = [_told(remote) for remote in remotes if remote.id not in recorded]
    if len(remotes) > 1 and lost:
        remedy = f"Not on record: {', '.join(lost)}; see {DASHBOARD}"
        yield Finding("two ids", where, f"the server made {len(ids)} runs of it: {', '.join(ids)}", remedy)
    if run.run_id is None:
        yield _unaccepted(run, remotes[0])
    elif run.run_id not in ids:
        what = f"the journal says that it is {run.run_id}, and the server {ids[0]}"
        yield Finding(
            "other run id", where, what, f"Compare both with {DASHBOARD}: one of them was bought for something else"
        )


def _unaccepted(run: Known, remote: ServerRun) -> Finding:
    """A run that the server has, and of which the journal knows no acceptance."""
    where = of_run(run.short)
    match run.phase:
        case "settled":
            billed = run.status == "unknown"
            what = f"it was settled as {'billed' if billed else 'not billed'}, and the server has it: {_told(remote)}"
            remedy = f"See {DASHBOARD}" if billed else f"%runflow settle {run.short} --billed keeps what it cost"
        case "void":
            what = f"the journal says that nothing of it was accepted, and the server has it: {_told(remote)}"
            remedy = f"See {DASHBOARD}: what it cost is not in the ledger"
        case _:
            what = f"the journal knows of no acceptance, and the server has it: {_told(remote)}"
            remedy = RESUME
    return Finding("status differs", where, what, remedy)


def _costs(run: Known, remote: ServerRun) -> Iterator[Finding]:
    if run.phase != "ended" or not remote.ended or remote.cost is None or run.cost == remote.cost:
        return
    if run.cost is None:
        if remote.cost:
            what, remedy = (
                f"the server says that it cost {usd(remote.cost)}, the journal nothing",
                "%runflow resume asks for it",
            )
            yield Finding("cost differs", of_run(run.short), what, remedy)
        return
    what = f"the journal says that it cost {usd(run.cost)}, the server {usd(remote.cost)}"
    yield Finding("cost differs", of_run(run.short), what, f"See {DASHBOARD}: what the server says was billed")


def _statuses(run: Known, remote: ServerRun) -> Iterator[Finding]:
    where, told = of_run(run.short), remote.status
    match run.phase:
        case "ended" if run.status != told:
            what = f"the journal says {run.status}, the server {told}"
            yield Finding("status differs", where, what, f"See {DASHBOARD}; a record is not rewritten")
        case "intent" | "accepted" | "unknown" if remote.ended:
            yield Finding("status differs", where, f"the journal says that it is open, the server {told}", RESUME)
        case "void" | "settled":
            what = f"the journal says that nothing is left of it, the server {told}"
            yield Finding("status differs", where, what, f"See {DASHBOARD}")


def _told(remote: ServerRun) -> str:
    cost = "" if remote.cost is None else f", {usd(remote.cost)}"
    return f"{remote.id}, {remote.status}{cost}"
