"""Callbacks on their way: each run that has an address is followed to its end and told of, beside everything else."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ...clock import Clock
from ..identity import Ids
from ..refusal import Refusal
from ..run import SandboxRun
from .delivery import Attempt, Delivery, Undelivered
from .payload import encode, make_payload
from .post import Reply, make_client, post, worth_another
from .signing import CallbackSecrets, sign
from .switches import CallbackSwitches
from .target import NotThisMachine, Target, read_target

if TYPE_CHECKING:
    import httpx

REQUEST_ID = "Runflow-Request-Id"
SIGNATURE = "Runflow-Signature"
Output = Callable[[SandboxRun], Awaitable[dict[str, Any] | None]]


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
            self._start(self._tell(run))

    async def redeliver(self, run: SandboxRun) -> Delivery:
        """A new delivery of the run as it is now; returned before it is sent. Raises Refusal 409."""
        if run.submission.callback_url is None:
            raise Refusal(409, "CONFLICT", "this run has no callback_url")
        if not run.ended(self._clock.monotonic()):
            raise Refusal(409, "CONFLICT", "this run has not ended yet")
        delivery = await self._made(run, automatic=False)
        self._start(self._carry(delivery))
        return delivery

    def of(self, run_id: str) -> list[Delivery]:
        """Oldest first."""
        return self._deliveries.get(run_id, [])

    def all(self) -> list[Delivery]:
        """Of every run, in the order in which the runs were first told of."""
        return [delivery for each in list(self._deliveries.values()) for delivery in each]

    async def close(self) -> None:
        """Drop what is on its way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, run: SandboxRun) -> None:
        await wait_for_end(run, self._clock)
        await self._carry(await self._made(run, automatic=True))

    async def _made(self, run: SandboxRun, *, automatic: bool) -> Delivery:
        payload = make_payload(run, self._clock.monotonic(), await self._output(run), self.switches)
        body, now = encode(payload), self._clock.time()
        headers = {"Content-Type": "application/json", "User-Agent": "runflow-sandbox", REQUEST_ID: str(uuid.uuid4())}
        secret = self.secrets.current(run.org_id)
        if secret is not None:
            headers[SIGNATURE] = sign(secret.plain, body)
            secret.used = now
        delivery = Delivery(
            id=self._ids.new(now),
            run_id=run.id,
            url=run.submission.callback_url or "",
            payload=payload,
            body=body,
            headers=headers,
            secret_id=secret.id if secret else None,
            automatic=automatic,
            attempts_maximum=len(self.switches.gaps) + 1,
            created=now,
        )
        self._deliveries.setdefault(run.id, []).append(delivery)
        return delivery

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


async def wait_for_end(run: SandboxRun, clock: Clock) -> None:
    """Until it is painted and its time is over."""
    loop, painted = asyncio.get_running_loop(), asyncio.Event()

    def wake(_: object) -> None:
        with suppress(RuntimeError):  # the sandbox has ended meanwhile
            loop.call_soon_threadsafe(painted.set)

    run.painted.add_done_callback(wake)
    await painted.wait()
    while not run.ended(now := clock.monotonic()):
        await clock.sleep(max(0.0, run.begun + (run.duration() or 0.0) - now))
