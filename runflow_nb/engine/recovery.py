"""Runs that were cut off: waited for, searched for, and only where it is proven safe sent once more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..clock import Clock, passed
from ..errors import NotCollected, RunUnknown, ServerUnavailable
from ..record.run import Run
from .connection import Connection
from .delivery import Delivery, Gone
from .pictures.inputs import Inputs, NotRestorable
from .purchase import Purchase, Shipment, price_of
from .recorder import Recorder

if TYPE_CHECKING:
    from ..api.wire import RemoteRun

QUIET = 60.0
"""Seconds since somebody may have been in the call after which a search that finds nothing may be believed."""
GLANCE = 0.25
"""Seconds between looks at another process's journal."""
SEARCH_AGAIN = 15.0
"""Seconds between searches for a run with which another process is in the call."""

Resend = Callable[[Run], Decimal]
"""What is held for a run in USD when its create is sent once more for the one who asks now. Raises NotRestorable where
it is not what they ask for, and BudgetExceeded."""


class Recovery:
    """Brings an open run to its end, whoever began it."""

    def __init__(
        self,
        connection: Connection,
        recorder: Recorder,
        clock: Clock,
        purchase: Purchase,
        delivery: Delivery,
        inputs: Inputs,
    ) -> None:
        self._connection = connection
        self._recorder = recorder
        self._clock = clock
        self._purchase = purchase
        self._delivery = delivery
        self._inputs = inputs

    async def settle(self, run: Run, progress: Callable[[str], None], resend: Resend | None) -> None:
        """Bring an open run to an end that is recorded, or to a change that is worth looking up again.

        `resend` allows the one careful resend. Raises what it raises, Gone where the sandbox that ran it is no more,
        and what `Delivery.follow` and `Purchase.send` raise.
        """
        await self._reach(run)
        if run.phase == "accepted":
            await self._delivery.follow(run, None, progress)
            return
        heard = self._clock.monotonic() - passed(self._clock, run.updated_at.timestamp(), run.uptimes)
        remote = await self._found(run, progress)
        while remote is None and await self._is_in_the_call(run):
            # Searched for again now and then: that process may be unable to write down what it was answered.
            if await self._answered_elsewhere(run, progress):
                return
            heard = self._clock.monotonic()
            remote = await self._found(run, progress)
        if remote is None and await self._has_changed(run):
            return
        if remote is None:
            remote = await self._found_when_quiet(run, heard)
        if remote is None:
            if resend is None:
                raise await self._purchase.give_up(run, "a search did not find it")
            sent = await self._once_more(run, progress, resend)
            if sent is not None:
                await self._delivery.follow(await self._fresh(run), sent, progress)
            return
        await self._delivery.follow(await self._fresh(run), remote if remote.ended else None, progress)

    async def _reach(self, run: Run) -> None:
        """Raises what it means where the API that has this run is not the one that is spoken to."""
        try:
            await self._connection.client()
        except ServerUnavailable as reason:
            if reason.absent and self._connection.local and run.origin == "sandbox":
                raise Gone from None
            raise out_of_reach(run, f"{reason.host}: {reason.reason}") from None
        if run.origin != self._connection.origin:
            raise out_of_reach(run, f"it was made at {run.origin}, and this session is connected elsewhere")
        if run.origin == "sandbox" and self._connection.is_another(run.instance):
            raise Gone

    async def _fresh(self, run: Run) -> Run:
        return await asyncio.to_thread(self._recorder.store.index.run, run.id) or run

    async def _has_changed(self, run: Run) -> bool:
        """Whether somebody else has come further with it."""
        fresh = await self._fresh(run)
        return (fresh.phase, fresh.resends) != (run.phase, run.resends)

    async def _is_in_the_call(self, run: Run) -> bool:
        """Whether another process may be about to learn what became of it."""
        store = self._recorder.store
        if run.phase == "unknown" or run.session == store.session:
            return False
        return await asyncio.to_thread(store.is_alive, run.session)

    async def _answered_elsewhere(self, run: Run, progress: Callable[[str], None]) -> bool:
        """Wait a while with the process that is in the call; True when the journal has something new to say."""
        progress("waiting")
        end = self._clock.monotonic() + SEARCH_AGAIN
        while not await self._has_changed(run):
            if self._clock.monotonic() >= end or not await self._is_in_the_call(run):
                return False
            await self._clock.sleep(GLANCE)
        return True

    async def _found(self, run: Run, progress: Callable[[str], None]) -> RemoteRun | None:
        progress("searching")
        return (await self._purchase.search(run, (0.0,))).found

    async def _found_when_quiet(self, run: Run, heard: float) -> RemoteRun | None:
        """Search once more when nobody has been in the call for long enough; None: it was proven not to be there.

        `heard`: when somebody last may have been, in monotonic seconds: a clock that is set forward shortens no wait.
        """
        await self._clock.sleep(max(0.0, heard + QUIET - self._clock.monotonic()))
        result = await self._purchase.search(run, (0.0,))
        if result.found is None and not result.conclusive:
            raise await self._purchase.give_up(run, "searching for it does not settle it")
        return result.found

    async def _once_more(self, run: Run, progress: Callable[[str], None], resend: Resend) -> RemoteRun | None:
        """Send the create again, once ever, with the same key and body; None where somebody else is at it."""
        if run.input.get("sync_mode"):
            raise await self._purchase.give_up(run, "it was made with sync_mode, which is never sent again")
        if not self._connection.is_organisation(run.org_id):
            reason = "it is not certain that this key belongs to the organisation that it was sent for"
            raise await self._purchase.give_up(run, reason)
        if run.resends:
            raise await self._purchase.give_up(run, "it was sent again once, and no answer came")
        try:
            shipment = await asyncio.to_thread(self._rebuild, run)
            claimed = await asyncio.to_thread(self._claim_resend, run, shipment.key, resend)
        except NotRestorable as reason:
            raise await self._purchase.give_up(run, str(reason)) from None
        if not claimed:
            return None
        return await self._purchase.send(await self._fresh(run), shipment, progress)

    def _claim_resend(self, run: Run, key: str, resend: Resend) -> bool:
        """Whether it is ours to send; False where somebody has come further with it since it was looked at."""
        store = self._recorder.store
        with store.lock():
            fresh = store.index.run(run.id) or run
            if (fresh.phase, fresh.resends) != (run.phase, run.resends):
                return False
            self._recorder.resent(run.id, key, "its process ended without an answer", resend(fresh))
        return True

    def _rebuild(self, run: Run) -> Shipment:
        body: dict[str, Any] = {"input": self._inputs.restored(run), "client_ref": run.id}
        if run.metadata is not None:
            body["metadata"] = dict(run.metadata)
        if run.callback_url is not None:
            body["callback_url"] = run.callback_url
        return Shipment(run.model, body, run.key, None, drawn_seed=False, sync=False)


def out_of_reach(run: Run, reason: str) -> NotCollected | RunUnknown:
    """What it means for a run that it cannot be asked about here and now."""
    if run.phase == "accepted":
        return NotCollected(run.id, reason)
    return RunUnknown(run, reason, price_of(run))
