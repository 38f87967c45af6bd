"""From accepted to finished: ask when it is done, fetch at once (links expire), keep, write down. Idempotent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..clock import Clock, passed
from ..errors import DownloadFailed, RequestRefused, RunUnknown, ServerUnavailable, StoreUnavailable
from ..models.catalog import CATALOG
from ..record.disk import explained
from ..record.images import NotAPicture
from ..record.run import Run
from .connection import Connection
from .keeping import Arrived, Kept, keep
from .late_costs import LateCosts
from .notes import delivery_notes, money_notes
from .purchase import not_collected, price_of
from .recorder import Recorder, StoredOutput, StoredPreview
from .shown import store_preview

if TYPE_CHECKING:
    from ..api.client import RunflowClient
    from ..api.wire import RemoteRun

NOT_YET = 30.0
"""Seconds after acceptance in which a 404 means that the run is not there yet."""
LARGEST = 256 * 2**20
"""Bytes of one delivered picture at the most."""
LARGEST_FILE = 4 * 2**30
"""Bytes of one delivered file at the most: a film that was paid for is streamed to the disk, whatever its length."""
FETCHES = 3
"""Times a set of links is asked for anew before giving up for now."""
LONG_GONE = 600.0
"""Seconds since acceptance after which a picture that storage does not have, or only damaged, is as it will stay."""


class Gone(Exception):
    """The sandbox that ran this is no more."""


class Delivery:
    """Waits for accepted runs and brings their pictures home, over one connection."""

    def __init__(self, connection: Connection, recorder: Recorder, clock: Clock, *, previews: bool = True) -> None:
        self._previews = previews
        self._connection = connection
        self._recorder = recorder
        self._clock = clock
        self._late_costs = LateCosts(connection, recorder, clock)
        self._one_preview = asyncio.Lock()
        """One picture is decoded at a time: four 4K originals would be 350 MB."""

    def past(self, run: Run) -> list[float]:
        """Seconds that such runs took before, newest first, by this store's own past."""
        return self.past_of(run.model, run.input.get("resolution"), run.origin)

    def past_of(self, model: str, resolution: Any, origin: str) -> list[float]:
        """The same for a run that is still to be bought."""
        return self._recorder.store.index.durations(model, resolution, origin=origin)

    async def follow(
        self,
        run: Run,
        known: RemoteRun | None,
        progress: Callable[[str], None],
        past: Sequence[float] | None = None,
    ) -> Run:
        """Wait for the end of an accepted run and record it; the run as it then is. `known` is an answer already at
        hand, `past` what such runs took, where that is at hand too.

        Raises DownloadFailed, NotCollected, RunUnknown, Gone; the run stays collectable.
        """
        try:
            ended = await self._follow(run, known, progress, past)
        except (RequestRefused, ServerUnavailable, StoreUnavailable) as reason:
            raise not_collected(run, reason) from None
        self._late_costs.watch(ended)
        return ended

    async def cost_of(self, run: Run) -> Decimal | None:
        """What an ended run cost, asked once more. Raises what `LateCosts.ask` raises."""
        return await self._late_costs.ask(run)

    async def _follow(
        self, run: Run, known: RemoteRun | None, progress: Callable[[str], None], past: Sequence[float] | None
    ) -> Run:
        begun = self._clock.monotonic() - self._waited(run)
        if known is not None and known.ended:
            remote = known
        else:
            remote = await self._until_ended(run, known, begun, progress, self.past(run) if past is None else past)
        progress("collecting")
        waited = self._clock.monotonic() - begun
        duration = waited if remote.duration_ms is None else remote.duration_ms / 1000
        arrived: list[Arrived] = []
        if remote.delivered:
            remote, arrived = await self._fetch(run, remote)
        if not arrived or not self._previews:
            # In one go: each change of threads costs as much as a write.
            return await asyncio.to_thread(lambda: self._record(run, remote, duration, self._keep(run, arrived), None))
        kept = await asyncio.to_thread(self._keep, run, arrived)
        paths = [each.path for each in kept if isinstance(each.output, StoredOutput)]
        if not paths:
            return await asyncio.to_thread(self._record, run, remote, duration, kept, None)
        async with self._one_preview:
            preview = await asyncio.to_thread(store_preview, self._recorder.store, paths, bool(remote.nsfw))
        return await asyncio.to_thread(self._record, run, remote, duration, kept, preview)

    def _keep(self, run: Run, arrived: Sequence[Arrived]) -> list[Kept]:
        """Put what has arrived in its place. Raises DownloadFailed for what turns out to be no picture."""
        try:
            with explained(self._recorder.store.root):
                return [keep(each, strict=run.model in CATALOG) for each in arrived]
        except NotAPicture as reason:
            raise DownloadFailed(run.id, f"what was delivered {reason}") from None

    def _record(
        self, run: Run, remote: RemoteRun, duration: float, kept: Sequence[Kept], preview: StoredPreview | None
    ) -> Run:
        outputs = [each.output for each in kept]
        pictures = [output for output in outputs if isinstance(output, StoredOutput)]
        notes = delivery_notes(run.input, pictures) if remote.delivered and run.model in CATALOG else []
        notes += money_notes(run, remote.cost)
        if pictures and self._previews and preview is None:
            notes.append("what was delivered is damaged and cannot be shown; the files are kept as they came")
        self._recorder.finished(run.id, remote, duration, outputs, preview, notes)
        return self._recorder.store.index.run(run.id) or run

    async def fetch_again(self, run: Run) -> None:
        """Bring the pictures of a finished run home once more, by run id, for nothing.

        Raises DownloadFailed, Gone, ServerUnavailable, RequestRefused.
        """
        from ..api.errors import RunNotFound

        client = await self._connection.client()
        if run.origin == "sandbox" and self._connection.is_another(run.instance):
            raise Gone
        try:
            remote = await client.get_run(run.run_id or "")
        except RunNotFound:
            raise Gone from None
        _, arrived = await self._fetch(run, remote)
        await asyncio.to_thread(self._keep, run, arrived)

    def _waited(self, run: Run) -> float:
        """Seconds since the run was accepted, as far as is certain."""
        since = run.accepted_at or run.created_at
        return passed(self._clock, since.timestamp(), run.uptimes)

    async def _until_ended(
        self, run: Run, known: RemoteRun | None, begun: float, progress: Callable[[str], None], past: Sequence[float]
    ) -> RemoteRun:
        from ..api.errors import RunNotFound
        from ..api.polling import schedule

        client = await self._connection.client()
        run_id = run.run_id if known is None else known.id
        assert run_id is not None
        # A run that was left alone is asked about at once: it may have ended long ago.
        pause = 0.0 if known is None else schedule(past, self._clock.monotonic() - begun)
        while True:
            await self._clock.sleep(pause)
            try:
                remote = await client.get_run(run_id)
            except RunNotFound:
                await self._missing(run, self._clock.monotonic() - begun)
            except ServerUnavailable:
                await self._still_there()
                client = await self._connection.client()
            else:
                progress(remote.status)
                if remote.ended:
                    return remote
            pause = schedule(past, self._clock.monotonic() - begun)

    async def _missing(self, run: Run, elapsed: float) -> None:
        await self._still_there(run)
        if elapsed > NOT_YET:
            reason = f"the API knows no run {run.run_id} (any more), or the key belongs to another organisation"
            raise RunUnknown(run, reason, price_of(run))

    async def _still_there(self, run: Run | None = None) -> None:
        """A sandbox that refuses connections or is another one has lost its runs; the live API is only out of reach.

        A connection that was cut, and an answer that is none, say nothing: what it has accepted may still be billed.
        """
        if self._connection.origin != "sandbox":
            return
        before = self._connection.instance
        try:
            await self._connection.ask_again()
        except ServerUnavailable as reason:
            if reason.absent:
                raise Gone from None
            return
        if self._connection.is_another(before) or (run is not None and self._connection.is_another(run.instance)):
            raise Gone

    async def _fetch(self, run: Run, remote: RemoteRun) -> tuple[RemoteRun, list[Arrived]]:
        from ..api.errors import DownloadError, RunNotFound

        client = await self._connection.client()
        for number in range(1, FETCHES + 1):
            try:
                late = number == FETCHES and self._waited(run) > LONG_GONE
                return remote, await self._downloaded(client, run, remote, as_it_is=late)
            except DownloadError as failure:
                lost = not (failure.expired or failure.passing) or run.input.get("sync_mode")
                if number == FETCHES or lost:
                    raise DownloadFailed(run.id, failure.reason, not run.input.get("sync_mode")) from None
                try:
                    remote = await client.get_run(remote.id)
                except RunNotFound:
                    reason = f"{failure.reason}, and the API does not find the run to give fresh links"
                    raise DownloadFailed(run.id, reason) from None
        raise AssertionError("unreachable")

    async def _downloaded(self, client: RunflowClient, run: Run, remote: RemoteRun, *, as_it_is: bool) -> list[Arrived]:
        """All that the run delivered, on the disk but not yet in its place: all of it, or none.

        `as_it_is`: those that storage does not have are left out, as long as one is left, and what is plainly damaged
        is taken; before, it may come whole when asked for again. Of another model that names no file, what the API
        said is the file: at once where that is a text, else `as_it_is`. Raises DownloadError.
        """
        from ..api.errors import DownloadError
        from ..api.transfer import download

        ours = run.model in CATALOG
        wanted = [output for output in remote.outputs if output.type == "image" or not ours]
        if not wanted:
            if not ours and (as_it_is or says_text(remote)) and remote.raw.get("output"):
                return [self._said(remote)]
            what = "picture" if ours else "file"
            raise DownloadError(f"the API says that it succeeded, and names no {what}", passing=True)
        most = LARGEST if ours else LARGEST_FILE
        arrived: list[Arrived] = []
        try:
            # One after another within a run: the links belong together, and memory stays flat.
            for number, output in enumerate(wanted, 1):
                incoming = self._recorder.store.images.receive()
                arrived.append(Arrived(incoming, output))
                try:
                    came = await download(client, output.url, incoming, maximum=most, picture=ours)
                except DownloadError as failure:
                    if not (as_it_is and failure.expired) or (number == len(wanted) and len(arrived) == 1):
                        raise
                    arrived.pop().incoming.discard()
                    continue
                arrived[-1] = Arrived(incoming, output, came.content_type)
                if ours and not (as_it_is or incoming.whole or run.input.get("sync_mode")):
                    raise DownloadError("what came is damaged", passing=True)
        except BaseException:
            for each in arrived:
                each.incoming.discard()
            raise
        return arrived

    def _said(self, remote: RemoteRun) -> Arrived:
        """What the API said that a run made, as a file. Raises StoreUnavailable."""
        from ..api.outputs import RemoteOutput

        incoming = self._recorder.store.images.receive()
        text = json.dumps(remote.raw["output"], ensure_ascii=True, indent=1, sort_keys=True)
        incoming.write(f"{text}\n".encode())
        return Arrived(incoming, RemoteOutput("", "text"), "application/json")


def says_text(remote: RemoteRun) -> bool:
    """Whether what it made is a text in the answer, and not a file that may still be named."""
    output = remote.raw.get("output")
    entries = output.get("outputs") if isinstance(output, Mapping) else None
    return isinstance(entries, list) and any(isinstance(one, Mapping) and one.get("type") == "text" for one in entries)
