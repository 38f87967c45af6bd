"""The create, and what a create that failed means. A create is never resent blindly."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..clock import Clock
from ..errors import NotCollected, RequestRefused, RunUnknown, ServerUnavailable, StoreUnavailable
from ..record.run import Run
from .connection import Connection
from .pictures.inputs import Sign
from .pictures.uploading import SCHEME
from .recorder import Recorder
from .twins import in_order, record_twins

if TYPE_CHECKING:
    from ..api.client import RunflowClient
    from ..api.wire import RemoteRun

STOPPING = (401, 402, 403)
"""Refusals of key, credit or rights: the next create of the same key would be refused too."""
ABOUT_ADDRESSES = re.compile(r"(?<![a-z])(ur[il]s?|https?|runflow|schemes?|assets?)(?![a-z])", re.IGNORECASE)
SEARCHES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each search by `client_ref` after an ambiguous create."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """A create as it goes out."""

    model: str
    body: Mapping[str, Any]
    key: str
    """The idempotency key."""
    sign: Sign | None
    """Where a reference to an asset is in it."""
    drawn_seed: bool
    """Whether the seed was drawn by us, so that it may be left out."""
    sync: bool


class Purchase:
    """Sends creates over one connection and writes down what comes of them."""

    def __init__(self, connection: Connection, recorder: Recorder, clock: Clock, twin: Callable[[Run], object]) -> None:
        """`twin`: is told each run that the API made beside the one that was asked for, once it is on record."""
        self._twin = twin
        self._connection = connection
        self._recorder = recorder
        self._clock = clock
        self._background: set[asyncio.Task[None]] = set()

    async def send(self, run: Run, shipment: Shipment, progress: Callable[[str], None]) -> RemoteRun:
        """The accepted run, already recorded as such.

        Raises RequestRefused and its kind, ServerUnavailable (nothing was accepted; recorded as void), RunUnknown
        (recorded as unknown), and NotCollected (accepted, and the store takes no more).
        """
        resends = run.resends
        while True:
            reason = await self._attempt(run, shipment, progress)
            if not isinstance(reason, _Doubt):
                return reason
            # What is open is the body that was sent last, which a refusal may have changed.
            shipment = reason.shipment
            progress("searching")
            result = await self.search(run)
            if result.found is not None:
                return result.found
            if shipment.sync or resends or not reason.repeatable or not result.conclusive:
                raise await self.give_up(run, reason.text)
            resends += 1
            await asyncio.to_thread(self._recorder.resent, run.id, shipment.key, reason.text)

    async def _attempt(self, run: Run, shipment: Shipment, progress: Callable[[str], None]) -> RemoteRun | _Doubt:
        from ..api.errors import AmbiguousCreate

        client = await self._connection.client()
        progress("sending")

        async def repeated() -> None:
            await asyncio.to_thread(self._recorder.repeated, run.id)

        while True:
            try:
                remote = await client.create_run(
                    shipment.model, dict(shipment.body), idempotency_key=shipment.key, before_repeat=repeated
                )
            except AmbiguousCreate as doubt:
                return _Doubt(doubt.reason, shipment, repeatable=doubt.status != 409)
            except RequestRefused as refusal:
                changed = await self._amended(shipment, refusal)
                if changed is None:
                    if refusal.status in STOPPING:
                        self._connection.stop_buying(refusal)
                    await asyncio.to_thread(
                        self._recorder.void, run.id, f"refused ({refusal.status}): {refusal.message}"
                    )
                    raise
                await asyncio.to_thread(
                    self._recorder.amended, run.id, changed.key, refusal.message, {"seed_sent": _seed(changed.body)}
                )
                shipment = changed
            except ServerUnavailable as unsent:
                await asyncio.to_thread(self._recorder.void, run.id, f"never taken: {unsent.reason}")
                raise
            else:
                await self.adopt(run, remote)
                return remote

    async def _amended(self, shipment: Shipment, refusal: RequestRefused) -> Shipment | None:
        """The create as it is to be tried instead, once; None where the refusal stands."""
        signed: Mapping[str, str] = {}
        if shipment.sign is not None and may_amend(shipment, refusal) and names_reference(shipment, refusal):
            signed = await shipment.sign()
        return amend(shipment, refusal, signed)

    async def adopt(self, run: Run, remote: RemoteRun, twins: Sequence[RemoteRun] = ()) -> None:
        """Write down that this run was accepted, and learn once whether a search would have found it. `twins`: what
        the API made of the same create beside it.

        Raises NotCollected where that cannot be written: the search finds it again.
        """
        try:
            # First: whoever finds the run accepted does not search any more.
            beside = await asyncio.to_thread(record_twins, self._recorder, run, twins) if twins else []
            await asyncio.to_thread(self._recorder.accepted, run.id, remote, twins)
        except StoreUnavailable as unwritten:
            raise not_collected(run, unwritten) from None
        for each in beside:
            self._twin(each)
        self._connection.org_id = remote.org_id or self._connection.org_id
        if not self.proven():
            task = asyncio.get_running_loop().create_task(self._prove(run))
            self._background.add(task)
            task.add_done_callback(self._background.discard)

    async def _prove(self, run: Run) -> None:
        client = await self._connection.client()
        try:
            found = await client.find_runs(run.id)
        except (ServerUnavailable, RequestRefused):
            return
        if found and not self.proven():
            with suppress(StoreUnavailable):
                await asyncio.to_thread(self._recorder.proven, self._connection.origin, self._connection.org_id)

    def proven(self) -> bool:
        """Whether a search that finds nothing means that there is nothing."""
        if self._connection.origin == "sandbox":
            return True
        try:
            return self._recorder.store.index.proven(self._connection.origin, self._connection.org_id)
        except StoreUnavailable:
            return False

    async def search(self, run: Run, delays: Sequence[float] = SEARCHES) -> Search:
        """Look for the accepted run that carries our id; found, it is recorded as accepted.

        Where several runs carry our id, the oldest counts, and the others become runs of their own.
        """
        client = await self._connection.client()
        answered = False
        for delay in delays:
            await self._clock.sleep(delay)
            try:
                candidates = await client.find_runs(run.id)
            except (ServerUnavailable, RequestRefused):
                answered = False
                continue
            answered = True
            if candidates:
                remote, *twins = in_order(candidates)
                await self.adopt(run, remote, twins)
                return Search(await _whole(client, remote), conclusive=True)
        if answered:
            await self._connection.learn_organisation()
        return Search(None, conclusive=answered and self.proven())

    async def give_up(self, run: Run, reason: str) -> RunUnknown:
        """Write down that it cannot be known, where that is news; the error to raise."""
        # Where nothing can be written it is as doubtful, and no less may be said of its price.
        with suppress(StoreUnavailable):
            if run.phase == "intent":
                await asyncio.to_thread(self._recorder.unknown, run.id, reason)
            told = await asyncio.to_thread(self._recorder.store.index.run, run.id)
            run = told or run
        return RunUnknown(run, reason, price_of(run))


async def _whole(client: RunflowClient, listed: RemoteRun) -> RemoteRun:
    """The run itself: a listing may tell less of it, and its links may be old. As listed where it cannot be had now."""
    from ..api.errors import RunNotFound

    try:
        return await client.get_run(listed.id)
    except (ServerUnavailable, RequestRefused, RunNotFound):
        return listed


@dataclass(frozen=True, slots=True)
class Search:
    """What a search by `client_ref` told."""

    found: RemoteRun | None
    conclusive: bool
    """Whether not having found it means that there is nothing: the last search was answered, and is proven."""


@dataclass(frozen=True, slots=True)
class _Doubt:
    text: str
    shipment: Shipment
    repeatable: bool


def not_collected(run: Run, reason: RequestRefused | ServerUnavailable | StoreUnavailable) -> NotCollected:
    """What this means for a run that was accepted: nothing about its money, only that it has to wait."""
    match reason:
        case RequestRefused():
            return NotCollected(run.id, f"the API refused ({reason.status}): {reason.message or 'no reason given'}")
        case StoreUnavailable():
            return NotCollected(run.id, f"the store {reason.path} cannot be used: {reason.reason}")
        case ServerUnavailable():
            return NotCollected(run.id, f"{reason.host}: {reason.reason}")


def price_of(run: Run) -> str:
    """What a run may have cost, for people."""
    from ..money import usd

    return "an unknown price" if run.reserved is None else f"up to {usd(run.reserved)}"


def may_amend(shipment: Shipment, refusal: RequestRefused) -> bool:
    """Whether another body may be tried: nothing was accepted, and none was tried before."""
    return refusal.status == 422 and not shipment.key.endswith("-2")


def amend(shipment: Shipment, refusal: RequestRefused, signed: Mapping[str, str]) -> Shipment | None:
    """The create with a changed body, where a 422 names only what we added: the drawn seed, or an asset reference.

    `signed`: reference -> address that is to be sent instead.
    """
    if not may_amend(shipment, refusal):
        return None
    named = {name.rpartition(".")[2] for name, _ in refusal.fields}
    given = dict(shipment.body["input"])
    if shipment.drawn_seed and named == {"seed"}:
        del given["seed"]
    elif signed:
        given = {name: _signed(value, signed) for name, value in given.items()}
    else:
        return None
    body = {**shipment.body, "input": given}
    return Shipment(shipment.model, body, shipment.key + "-2", None, "seed" in given, shipment.sync)


def _signed(value: Any, signed: Mapping[str, str]) -> Any:
    """A field's value with signed addresses in the place of references."""
    if isinstance(value, list):
        return [_signed(each, signed) for each in value]
    return signed.get(value, value) if isinstance(value, str) else value


def names_reference(shipment: Shipment, refusal: RequestRefused) -> bool:
    """Whether a refusal is about a reference to an asset: by the field that holds one, else by its words."""
    holding = {name for name, value in shipment.body["input"].items() if _holds_reference(value)}
    if any(holding.intersection(name.split(".")) for name, _ in refusal.fields):
        return True
    return ABOUT_ADDRESSES.search(" ".join([refusal.message, *(why for _, why in refusal.fields)])) is not None


def _holds_reference(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_holds_reference, value))
    return isinstance(value, str) and value.startswith(SCHEME)


def _seed(body: Mapping[str, Any]) -> int | None:
    seed = body["input"].get("seed")
    return seed if isinstance(seed, int) else None
