"""Tells the webhooks of an organization of each of its runs that ends."""

from __future__ import annotations

from collections.abc import Iterable

from ...clock import Clock
from ..ending import wait_for_end
from ..run import SandboxRun
from .delivery import Delivery
from .sender import Receiver, Sender
from .webhooks import Webhook, Webhooks


class Announcer:
    """Used from the sandbox's event loop."""

    def __init__(self, webhooks: Webhooks, sender: Sender, clock: Clock) -> None:
        self._webhooks = webhooks
        self._sender = sender
        self._clock = clock
        self._followed: set[str] = set()

    def follow(self, run: SandboxRun) -> None:
        """Tell of this run when it has ended, if there is a webhook by now."""
        if self._webhooks.of(run.org_id):
            self._watch([run])

    def follow_open(self, runs: Iterable[SandboxRun]) -> None:
        """Tell of those that go on: there is a webhook now."""
        now = self._clock.monotonic()
        self._watch(run for run in runs if not run.ended(now))

    def deliveries(self, webhooks: Iterable[Webhook]) -> list[Delivery]:
        """What was sent to these, oldest first."""
        known = {webhook.id for webhook in webhooks}
        found = [delivery for delivery in self._sender.all() if delivery.webhook_id in known]
        return sorted(found, key=lambda delivery: delivery.id)

    def _watch(self, runs: Iterable[SandboxRun]) -> None:
        for run in runs:
            if run.id not in self._followed:
                self._followed.add(run.id)
                self._sender.start(self._announce(run))

    async def _announce(self, run: SandboxRun) -> None:
        """To those that there are when it ends."""
        await wait_for_end(run, self._clock)
        self._followed.discard(run.id)
        payload = await self._sender.payload(run)
        for webhook in self._webhooks.of(run.org_id):
            if webhook.wants(payload["event"]):
                to = Receiver(webhook.url, webhook.secret, None, webhook.id)
                self._sender.send(run, to, payload, automatic=True)
