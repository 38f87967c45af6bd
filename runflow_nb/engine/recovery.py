"""Runs that were cut off: waited for, searched for, and only where it is proven safe sent once more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ..clock import Clock
from ..errors import NotCollected, RunUnknown, ServerUnavailable
from ..record.run import Run
from .connection import Connection
from .delivery import Delivery, Gone
from .inputs import Inputs, NotRestorable
from .purchase import Purchase, Shipment, not_collected, price_of
from .recorder import Recorder

QUIET = 60.0
"""Seconds since an intent after which a search that finds nothing may be believed."""
GLANCE = 0.25
"""Seconds between looks at another process's journal."""


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

    async def settle(self, run: Run, progress: Callable[[str], None], resend: bool) -> None:
        """Bring an open run to an end that is recorded, or to a change that is worth looking up again.

        `resend` allows the one careful resend. Raises Gone where the sandbox that ran it is no more, and what
        `Delivery.follow` and `Purchase.send` raise.
        """
        try:
            await self._connection.client()
        except ServerUnavailable as reason:
            if self._connection.local and run.origin == "sandbox":
                raise Gone from None
            raise not_collected(run, reason) from None
        if run.origin != self._connection.origin:
            raise NotCollected(run.id, f"it was made at {run.origin}, and this session is connected elsewhere")
        if run.origin == "sandbox" and run.instance != self._connection.instance:
            raise Gone
        if run.phase == "accepted":
            await self._delivery.follow(run, None, progress)
            return
        progress("waiting")
        if await self._answered_elsewhere(run):
            return
        remote = await self._search_until_quiet(run, progress)
        if remote is None:
            if not resend:
                raise self._doubtful(run, "a search did not find it")
            sent = await self._once_more(run, progress)
            await self._delivery.follow(self._fresh(run), sent, progress)
            return
        await self._delivery.follow(self._fresh(run), remote if remote.ended else None, progress)

    def _fresh(self, run: Run) -> Run:
        index = self._recorder.store.index
        return index.run(run.id) or run

    async def _answered_elsewhere(self, run: Run) -> bool:
        """Wait with the process that is in the call; True when the journal has something new to say."""
        store = self._recorder.store
        if run.phase == "unknown" or run.session == store.session:
            return False
        while await asyncio.to_thread(store.is_alive, run.session):
            await self._clock.sleep(GLANCE)
            if (await asyncio.to_thread(self._fresh, run)).phase != "intent":
                return True
        return (await asyncio.to_thread(self._fresh, run)).phase != "intent"

    async def _search_until_quiet(self, run: Run, progress: Callable[[str], None]) -> Any:
        progress("searching")
        result = await self._purchase.search(run, (0.0,))
        if result.found is not None:
            return result.found
        left = run.created_at.timestamp() + QUIET - self._clock.time()
        if left > 0:
            await self._clock.sleep(left)
            result = await self._purchase.search(run, (0.0,))
        if result.found is None and not result.conclusive:
            raise self._doubtful(run, "searching for it does not settle it")
        return result.found

    async def _once_more(self, run: Run, progress: Callable[[str], None]) -> Any:
        """Send the create again, once ever, with the same key and body."""
        if run.input.get("sync_mode"):
            raise self._doubtful(run, "it was made with sync_mode, which is never sent again")
        if run.org_id != self._connection.org_id:
            raise self._doubtful(run, "this key belongs to another organisation")
        try:
            shipment = await asyncio.to_thread(self._rebuild, run)
        except NotRestorable as reason:
            raise self._doubtful(run, str(reason)) from None
        await asyncio.to_thread(self._claim_resend, run, shipment.key)
        return await self._purchase.send(self._fresh(run), shipment, progress)

    def _claim_resend(self, run: Run, key: str) -> None:
        store = self._recorder.store
        with store.lock():
            if self._fresh(run).resends:
                raise self._doubtful(run, "it was sent again once, and no answer came")
            self._recorder.resent(run.id, key, "its process ended without an answer")

    def _rebuild(self, run: Run) -> Shipment:
        body: dict[str, Any] = {"input": self._inputs.restored(run), "client_ref": run.id}
        if run.metadata is not None:
            body["metadata"] = dict(run.metadata)
        if run.callback_url is not None:
            body["callback_url"] = run.callback_url
        return Shipment(run.model, body, run.key, {}, drawn_seed=False, sync=False)

    def _doubtful(self, run: Run, reason: str) -> RunUnknown:
        if run.phase == "intent":
            self._recorder.unknown(run.id, reason)
        return RunUnknown(self._fresh(run), reason, price_of(run))
