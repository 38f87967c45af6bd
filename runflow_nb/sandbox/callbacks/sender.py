"""Callbacks on their way: each run that has an address is followed to its end and told of, beside everything else."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...clock import Clock
from ..ending import wait_for_end
from ..identity import Ids
from ..refusal import Refusal
from ..run import SandboxRun
from .delivery import Attempt, Delivery, Undelivered
from .payload import Payload, encode, make_payload
from .post import Reply, make_client, post, worth_another
from .signing import CallbackSecrets, sign
from .switches import CallbackSwitches
from .target import NotThisMachine, Target, read_target

if TYPE_CHECKING:
    import httpx

REQUEST_ID = "Runflow-Request-Id"
SIGNATURE = "Runflow-Signature"
Output = Callable[[SandboxRun], Awaitable[dict[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is told."""

    url: str
    secret: str | None = None
    """What it is signed with; None: it is not signed."""
    secret_id: str | None = None
    webhook_id: str | None = None


class Sender:
    """Deliveries of one sandbox. Used from its event loop."""

    def __init__(self, switches: CallbackSwitches, clock: Clock, ids: Ids, output: Output) -> None:
        """`output`: what reading a run shows as its output."""
        self.switches = switches
        self.secrets = CallbackSecrets(ids, switches.signs)
        self._clock = clock
        self._ids = ids
        self._output = output
        self._deliveries: dict[str, list[Delivery]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._opening = asyncio.Lock()
        self._client: httpx.AsyncClient | None = None

    def follow(self, run: SandboxRun) -> None:
        """Tell of this run when it has ended, if it has an address to tell."""
        if run.submission.callback_url is not None:
            self.start(self._tell(run, run.submission.callback_url))

    async def redeliver(self, run: SandboxRun) -> Delivery:
        """A new delivery of the run as it is now; returned before it is sent. Raises Refusal 409."""
        if run.submission.callback_url is None:
            raise Refusal(409, "CONFLICT", "this run has no callback_url")
        if not run.ended(self._clock.monotonic()):
            raise Refusal(409, "CONFLICT", "this run has not ended yet")
        receiver = self._receiver(run.org_id, run.submission.callback_url)
        return self.send(run, receiver, await self.payload(run), automatic=False)

    def of(self, run_id: str) -> list[Delivery]:
        """Those that the run itself asked for, oldest first."""
        return [delivery for delivery in self._deliveries.get(run_id, []) if delivery.webhook_id is None]

    def all(self) -> list[Delivery]:
        """Of every run, in the order in which the runs were first told of."""
        return [delivery for each in list(self._deliveries.values()) for delivery in each]

    async def payload(self, run: SandboxRun) -> Payload:
        """What is told of the run as it is now."""
        return make_payload(run, self._clock.monotonic(), await self._output(run), self.switches)

    def send(self, run: SandboxRun, to: Receiver, payload: Payload, *, automatic: bool) -> Delivery:
        """A delivery that is on its way."""
        body, now = encode(payload), self._clock.time()
        headers = {"Content-Type": "application/json", "User-Agent": "runflow-sandbox", REQUEST_ID: str(uuid.uuid4())}
        if to.secret is not None:
            headers[SIGNATURE] = sign(to.secret, body)
        delivery = Delivery(
            id=self._ids.new(now),
            run_id=run.id,
            url=to.url,
            payload=payload,
            body=body,
            headers=headers,
            secret_id=to.secret_id,
            automatic=automatic,
            attempts_maximum=len(self.switches.gaps) + 1,
            created=now,
            webhook_id=to.webhook_id,
        )
        self._deliveries.setdefault(run.id, []).append(delivery)
        self.start(self._carry(delivery))
        return delivery

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside everything else, until the sandbox ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Drop what is on its way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    async def _tell(self, run: SandboxRun, url: str) -> None:
        await wait_for_end(run, self._clock)
        payload = await self.payload(run)
        self.send(run, self._receiver(run.org_id, url), payload, automatic=True)

    def _receiver(self, org_id: str, url: str) -> Receiver:
        secret = self.secrets.current(org_id)
        if secret is None:
            return Receiver(url)
        secret.used = self._clock.time()
        return Receiver(url, secret.plain, secret.id)

    async def _carry(self, delivery: Delivery) -> None:
        try:
            target = read_target(delivery.url)
        except NotThisMachine as reason:
            delivery.failure = Undelivered("not_loopback", str(reason))
        else:
            delivery.failure = await self._attempts(delivery, target)
        delivery.next_at, delivery.ended = None, self._clock.time()

    async def _attempts(self, delivery: Delivery, target: Target) -> Undelivered | None:
        gaps = (*self.switches.gaps, None)
        for number, gap in enumerate(gaps, 1):
            reply = await self._attempt(delivery, target, number)
            if reply.taken:
                return None
            if gap is None or not worth_another(reply, self.switches.retry):
                break
            delivery.next_at = self._clock.time() + gap
            await self._clock.sleep(gap)
        if reply.status is None:
            return Undelivered("network_error", reply.error or "")
        return Undelivered("http_error", f"the receiver answered {reply.status}")

    async def _attempt(self, delivery: Delivery, target: Target, number: int) -> Reply:
        client = await self._opened()
        headers = delivery.headers
        if self.switches.request_id == "attempt" and number > 1:
            headers = {**headers, REQUEST_ID: str(uuid.uuid4())}
        at, began = self._clock.time(), self._clock.monotonic()
        reply = await post(client, target, headers, delivery.body, self.switches.timeout)
        took = self._clock.monotonic() - began
        delivery.attempts.append(Attempt(self._ids.new(at), number, at, took, reply.status, reply.text, reply.error))
        return reply

    async def _opened(self) -> httpx.AsyncClient:
        async with self._opening:
            if self._client is None:
                # Beside the loop: its import and its certificates would hold up every request for a moment.
                self._client = await asyncio.to_thread(make_client)
            return self._client
