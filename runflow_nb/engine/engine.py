"""The way of a run: look up, reserve, write ahead, create, wait, collect, record."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from ..api.polling import expected
from ..clock import Clock, passed
from ..errors import (
    DownloadFailed,
    InvalidRequest,
    NotConnected,
    NotOnRecord,
    PicturesGone,
    RunFailed,
    RunflowError,
    StoreUnavailable,
)
from ..models.price import Estimate
from ..models.spec import ModelSpec
from ..plain import shortened
from ..record.run import Run
from ..record.store import Store
from ..settings import Limit, Settings
from .budget import Quote
from .claim import Claims, Spent
from .connection import Connection
from .delivery import Delivery, Gone
from .job import Job
from .lookup import Buy, Collect, Decision, Found, Search, next_take
from .loop import BackgroundLoop
from .model_list import ModelList
from .order import Order
from .pictures.figures import drawn_now
from .pictures.inputs import Inputs, Read, Sign
from .pictures.reading import PictureInput
from .purchase import Purchase, Shipment
from .recorder import Recorder, open_runs
from .recovery import Recovery, Resend, out_of_reach
from .saved_notebooks import SavedNotebooks
from .shown import needs_no_picture, originals_here, preview_here, store_preview
from .slots import Slots, misses

PROMPT_SHOWN = 60
"""Characters of a prompt by which people know the cell."""


class Engine:
    """Owns the jobs of one store over one connection. `place` and `collect` may be called from any thread."""

    def __init__(
        self,
        store: Store,
        connection: Connection,
        loop: BackgroundLoop,
        clock: Clock,
        jobs: dict[str, Job],
        claiming: Executor,
        spent: Spent,
        *,
        previews: bool = True,
    ) -> None:
        """`jobs`: our id of an open run -> the job of this process that brings it to its end; shared by all engines of
        a store, so that a change of key never takes a create that is under way for one that was cut off.
        `claiming`: one thread for all that holds a store's lock, of all stores, so that the event loop never waits for
        a lock and no two claims of this process can overdraw one budget. `spent`: see Claims."""
        self.store = store
        self.connection = connection
        self._loop = loop
        self._clock = clock
        self._previews = previews
        self._jobs = jobs
        self._work: set[Future[None]] = set()
        self._claiming = claiming
        self._recorder = Recorder(store)
        self._models = ModelList(store, connection)
        self._saved = SavedNotebooks(store, claiming)
        self._inputs = Inputs(self._recorder, connection)
        self._slots = Slots(store, self._inputs, self._saved, loop)
        self._claims = Claims(store, self._recorder, connection, clock, spent)
        self._purchase = Purchase(connection, self._recorder, clock, self._begin_collecting)
        self._delivery = Delivery(connection, self._recorder, clock, previews=previews)
        self._recovery = Recovery(connection, self._recorder, clock, self._purchase, self._delivery, self._inputs)

    def place(self, order: Order, settings: Settings) -> Job:
        """Begin to do what is ordered; returns at once. Raises InvalidRequest where a figure cannot be drawn."""
        order = drawn_now(order)
        job = Job(order.request.price, self._clock, order.request.warnings)
        self._begin(job, self._obtain(job, order, settings))
        return job

    def may_collect(self, run: Run, settings: Settings) -> bool:
        """Whether an open run can be brought to its end without asking what the settings forbid to ask."""
        return settings.online or self.is_at(run)

    def collect(self, run: Run, settings: Settings) -> Job:
        """Begin to bring an open run to its end, never sending a create; returns at once.

        Raises NotConnected, and where `reuse` is "only" NotCollected or RunUnknown: nothing is asked then.
        """
        if not self.may_collect(run, settings):
            raise out_of_reach(run, 'reuse is "only"') if settings.connected else NotConnected
        return self._begin_collecting(run)

    def _begin_collecting(self, run: Run) -> Job:
        job = Job(run.price, self._clock)
        self._begin(job, self._collect(job, run))
        return job

    def learn(self, model: str, settings: Settings, notebook: str | None = None, *, anew: bool = False) -> ModelSpec:
        """Let a model outside of the catalog be found from now on. Blocks; see `ModelList.learn`."""
        online = settings.online
        with suppress(StoreUnavailable):
            if not self.store.index.has_model(model):
                self._saved.bring(notebook, model)
        return self._loop.run(self._models.learn(model, online=online, anew=anew))

    def list_models(self) -> list[ModelSpec]:
        """The models that the API lists outside of the catalog. Blocks; see `ModelList.listed`."""
        return self._loop.run(self._models.listed())

    def next_take(self, order: Order) -> int:
        """The number that `--take new` would buy. Blocks."""
        return self._slots.next_take(drawn_now(order), self.connection.origin)

    def price(self, order: Order) -> Estimate:
        """What the order would cost, with the most that it can cost by this store's own past. Blocks."""
        return self._claims.price(order.request)

    def budget_left(self, settings: Settings, notebook: str | None) -> list[tuple[Limit, Decimal]]:
        """What each budget has left here, in USD. Blocks."""
        return self._claims.left(settings, notebook)

    def quote(self, order: Order, settings: Settings) -> Quote:
        """Its price, what the budgets have left, and what would come of it as things stand. Blocks; sends nothing.

        Raises InvalidRequest where a picture or the take is none.
        """
        origin = self.connection.origin if settings.online else None
        decision = self._slots.decide(order, origin)
        return replace(self._claims.quote(order, settings), on_record=self._costs_nothing(decision))

    def quote_together(self, order: Order, price: Estimate, settings: Settings) -> Quote:
        """What would come of several orders that cost `price` together, on the terms of this one. Blocks."""
        return self._claims.quote(order, settings, price)

    def _costs_nothing(self, decision: Decision) -> bool:
        match decision:
            case Buy():
                return False
            case Search(run):
                # Where nobody is at it, it may have to be sent once more.
                return self.is_at(run)
        return True

    def open_runs(self) -> list[Run]:
        """The runs that are open or unknown in this store. Blocks."""
        return open_runs(self.store)

    def is_at(self, run: Run) -> bool:
        """Whether a job of this process is bringing this run to its end, over whichever connection."""
        return run.id in self._jobs

    def ask_costs(self) -> dict[str, Decimal]:
        """Ask what those runs cost that ended without a word on it; our id -> USD of those that were told. Blocks.

        Raises ServerUnavailable, RequestRefused, StoreUnavailable, NotConnected.
        """
        runs = self.store.index.unpriced(self.connection.origin)
        return {run.id: cost for run in runs if (cost := self._loop.run(self._delivery.cost_of(run))) is not None}

    def _begin(self, job: Job, work: Coroutine[Any, Any, Run]) -> None:
        future = self._loop.start(self._drive(job, work))
        self._work.add(future)
        future.add_done_callback(self._work.discard)

    async def _drive(self, job: Job, work: Coroutine[Any, Any, Run]) -> None:
        try:
            job.finish(await work)
        except BaseException as error:  # noqa: BLE001 - whatever ended the work, those who wait must learn of it
            job.fail(error)
        finally:
            if job.id is not None and self._jobs.get(job.id) is job:
                del self._jobs[job.id]

    async def _obtain(self, job: Job, order: Order, settings: Settings) -> Run:
        read: Read = {}
        while True:
            online = settings.online
            brought, pictures = self._slots.brought, None
            try:
                pictures = await self._inputs.identify(order, read, online=online)
                origin = self.connection.origin if online else None
                decision = await asyncio.to_thread(self._slots.look_up, order, pictures, origin)
            except InvalidRequest:
                if await self._slots.has_more(order, pictures, brought):
                    continue
                raise
            if misses(decision) and await self._slots.has_more(order, pictures, brought):
                continue
            if not online:
                return await self._recorded(job, order, settings, decision)
            if pictures and not isinstance(decision, Buy):
                await asyncio.to_thread(self._inputs.remember, order, pictures)
            match decision:
                case Found(run):
                    return await self._shown(job, run, order)
                case Collect(run) | Search(run):
                    ended = await self._settled(
                        job, run, partial(self._claims.hold_again, order, settings) if order.may_buy else None
                    )
                case Buy() if not order.may_buy:
                    raise _not_on_record(order, NotOnRecord.FREE if order.free else NotOnRecord.CALLBACK)
                case Buy():
                    ended = await self._bought(job, order, settings, pictures, read)
            if ended is not None:
                return ended

    async def _recorded(self, job: Job, order: Order, settings: Settings, decision: Decision) -> Run:
        """For readers: from any origin, and nothing leaves the machine."""
        if isinstance(decision, Found):
            found = decision.run
            if found.forgotten or not misses(decision):
                return await self._shown(job, found, order)
            if settings.reuse == "only":
                raise await self._gone(found, order, 'reuse is "only"')
        if not settings.connected and settings.reuse == "on":
            raise NotConnected
        raise _not_on_record(order, NotOnRecord.ONLY, self._slots.where_looked(order))

    async def _shown(self, job: Job, run: Run, order: Order) -> Run:
        job.from_record = True
        if run.forgotten:
            raise await self._gone(run, order, "it was forgotten")
        if preview_here(run):
            return run
        if originals_here(run):
            if self._previews and run.images:
                run = await asyncio.to_thread(self._preview_again, run)
            return run
        if needs_no_picture(run):
            # The link leads nowhere until `%runflow show RUN --fetch`; what is said of the file stays true.
            return run
        return await self._fetched_again(job, run, order)

    def _preview_again(self, run: Run) -> Run:
        paths = [image.path for image in run.images]
        try:
            made = store_preview(self.store, paths, blur=bool(run.nsfw))
        except StoreUnavailable:
            return run  # a store that can only be read still shows what it has
        if made is None:
            return run
        return replace(run, preview=self.store.preview(made.key, made.mime, made.width, made.height))

    async def _fetched_again(self, job: Job, run: Run, order: Order) -> Run:
        """The pictures once more by run id, for nothing."""
        job.from_record = False
        job.decided.set()
        try:
            if run.input.get("sync_mode") or run.origin != self.connection.origin:
                raise Gone
            await self._delivery.fetch_again(run)
            if not originals_here(run):
                raise DownloadFailed(run.id, "the API now delivers other files than those that were recorded")
        except (RunflowError, Gone) as reason:
            why = str(reason).splitlines()[0] if str(reason) else "the API keeps them no longer"
            raise await self._gone(run, order, why) from None
        return await self._shown(job, run, order)

    async def _gone(self, run: Run, order: Order, why: str) -> PicturesGone:
        """The error, with the take that would be another picture."""
        pictures = await self._inputs.identify(order, {}, online=False)
        slots = await asyncio.to_thread(self._slots.held, order, pictures, run.origin)
        return PicturesGone(run, why, str(order.request.price), next_take(slots))

    async def _settled(self, job: Job, run: Run, resend: Resend | None) -> Run | None:
        """Bring an open run to its end, on the terms of `resend` also by one more create; None where the journal is
        worth another look."""
        owner = self._jobs.setdefault(run.id, job)
        if owner is not job:
            job.follow(owner)
            return await owner
        job.id, job.run = run.id, run
        job.decided.set()
        job.expected = expected(self._delivery.past(run))
        job.started = self._clock.monotonic() - passed(self._clock, run.created_at.timestamp())
        try:
            await self._recovery.settle(run, job.say, resend)
        except Gone:
            await self._void(run)
        return self._outcome(job, run.id, await asyncio.to_thread(self._read, run.id))

    def _outcome(self, job: Job, run_id: str, run: Run | None) -> Run | None:
        """The run if it has ended with pictures; None where the journal is worth another look. Raises RunFailed."""
        if run is None or run.phase != "ended":
            if self._jobs.get(run_id) is job:
                del self._jobs[run_id]
            return None
        if not run.delivered:
            raise RunFailed(run)
        return run

    def _read(self, run_id: str) -> Run | None:
        return self.store.index.run(run_id)

    async def _bought(
        self, job: Job, order: Order, settings: Settings, pictures: Sequence[PictureInput], read: Read
    ) -> Run | None:
        """Buy the slot; None where look-up must start over: the origin or a picture is another than was thought."""
        if pictures or not self.connection.made:
            # Before anything goes out: what will be refused sends nothing at all. Else the claim refuses first anyway.
            await asyncio.to_thread(self._claims.check, order, settings)
        origin = self.connection.origin
        client = await self.connection.client()
        changed = await self._inputs.read_addresses(order, pictures, read)
        if changed or self.connection.origin != origin:
            return None
        job.say("preparing")
        sent = await self._inputs.outgoing(client, pictures)
        claimed = await asyncio.get_running_loop().run_in_executor(
            self._claiming, partial(self._claim, job, order, settings, pictures, sent.recorded)
        )
        if claimed is None:
            return None
        run, past = claimed
        job.id, job.run, job.bought = run.id, run, True
        job.started = self._clock.monotonic()
        job.expected = expected(past)
        job.decided.set()
        if pictures:
            await asyncio.to_thread(self._inputs.remember, order, pictures)
        shipment = self._shipment(order, run, sent.urls, sent.sign)
        remote = await self._purchase.send(run, shipment, job.say)
        # As the journal now has it; reading it back would cost more than writing it did.
        now = datetime.fromtimestamp(self._clock.time(), UTC)
        accepted = replace(run, phase="accepted", run_id=remote.id, accepted_at=now, updated_at=now)
        try:
            ended = await self._delivery.follow(accepted, remote, job.say, past)
        except Gone:
            await self._void(run)
            ended = None
        return self._outcome(job, run.id, ended)

    def _claim(
        self,
        job: Job,
        order: Order,
        settings: Settings,
        pictures: Sequence[PictureInput],
        sent: Sequence[Mapping[str, Any]],
    ) -> tuple[Run, list[float]] | None:
        """The run that was begun, and how long such runs took before."""
        self.connection.check_not_stopped(job.ordered)
        # Asked before the intent is written: afterwards the index would have to read the journal first.
        request = order.request
        past = self._delivery.past_of(request.spec.id, request.input.get("resolution"), self.connection.origin)
        run = self._claims.claim(order, settings, pictures, sent, lambda name: self._own(job, name))
        return None if run is None else (run, past)

    async def _void(self, run: Run) -> None:
        await asyncio.to_thread(self._recorder.void, run.id, "the sandbox that ran it is gone")

    def _own(self, job: Job, run_id: str) -> None:
        job.bind(run_id)
        self._jobs[run_id] = job

    def _shipment(self, order: Order, run: Run, urls: Sequence[str], sign: Sign | None) -> Shipment:
        request = order.request
        given: dict[str, Any] = {**request.input, **request.with_pictures(urls)}
        if run.seeds.sent is not None:
            given["seed"] = run.seeds.sent
        body: dict[str, Any] = {"input": given, "client_ref": run.id}
        if request.metadata is not None:
            body["metadata"] = dict(request.metadata)
        if request.callback_url is not None:
            body["callback_url"] = request.callback_url
        return Shipment(run.model, body, run.key, sign, request.draws_seed, request.sync_mode)

    async def _collect(self, job: Job, run: Run) -> Run:
        ended = await self._settled(job, run, None)
        if ended is not None:
            return ended
        latest = await asyncio.to_thread(self._read, run.id) or run
        raise RunFailed(latest)


def _not_on_record(order: Order, because: str, where_looked: str = "") -> NotOnRecord:
    take = "another take" if order.take == "new" or order.remake_of else f"take {order.take or 1}"
    words = f"“{shortened(order.request.prompt, PROMPT_SHOWN)}”, {order.request.spec.id}"
    return NotOnRecord(f"{take} of this request ({words})", str(order.request.price), because, where_looked)
