"""The pictures of an order on their way: identified for the look-up, kept in the store, and sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ...errors import RunflowError, StoreUnavailable
from ...record.run import Run
from ..connection import Connection
from ..order import Order
from ..recorder import Recorder
from . import addresses
from .elsewhere import fetched
from .files import Seen
from .given import plain
from .reading import PictureInput, Upload, keep, outgoing, read_picture, read_pictures
from .uploading import SCHEME, Uploading

if TYPE_CHECKING:
    from ...api.client import RunflowClient

INLINE = "inline"
AS_GIVEN = "as given"
"""What is recorded of an address that may carry a signature."""

Sign = Callable[[], Awaitable[Mapping[str, str]]]
"""Reference -> signed address, for an API that does not resolve references, or does not know one any more."""
Read = dict[str, PictureInput]
"""Addresses that were read for one order, by what was typed."""


class NotRestorable(Exception):
    """What was sent cannot be made again from the record."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The pictures of a create, as they go out."""

    urls: tuple[str, ...]
    recorded: tuple[dict[str, Any], ...]
    """What the journal keeps of each: never bytes, never a signed link."""
    sign: Sign | None
    """Where one goes out as a reference."""


class Inputs:
    """Reads, keeps and sends the pictures of orders for one store, over one connection."""

    def __init__(self, recorder: Recorder, connection: Connection) -> None:
        self._recorder = recorder
        self._store = recorder.store
        self._connection = connection
        self._seen = Seen()
        self._uploading = Uploading(recorder.store, connection)

    async def identify(self, order: Order, read: Read, *, online: bool) -> tuple[PictureInput, ...]:
        """Every picture with its digest. An address is read only where nothing is known of it, and only `online`.

        Raises InvalidRequest with every problem.
        """
        if not order.request.images:
            return ()
        found, unknown = await asyncio.to_thread(self._identify, order)
        for one in unknown if online else ():
            if one not in read:
                read[one] = await self._fetched(one)
        together = zip(map(plain, order.request.images), found, strict=True)
        return tuple(
            replace(read[one], typed=picture.typed) if isinstance(one, str) and one in read else picture
            for one, picture in together
        )

    def _identify(self, order: Order) -> tuple[tuple[PictureInput, ...], list[str]]:
        """All pictures, and the addresses among them of which nothing is known."""

        def recall(name: str) -> str | None:
            return self._store.index.input_digest(self._store.relative(order.notebook), name)

        given = order.request.images
        found = read_pictures(given, images=self._store.images, recall=recall, seen=self._seen)
        together = zip(map(plain, given), found, strict=True)
        return found, [one for one, picture in together if _unread(picture) and recall(picture.name) is None]

    async def read_addresses(self, order: Order, pictures: Sequence[PictureInput], read: Read) -> bool:
        """Read every address that was only remembered, before it is bought; whether one stands for another picture."""
        changed = False
        for given, picture in zip(map(plain, order.request.images), pictures, strict=True):
            if _unread(picture) and given not in read:
                read[given] = await self._fetched(given)
                changed = changed or read[given].digest != picture.digest
        return changed

    def remember(self, order: Order, pictures: Sequence[PictureInput]) -> None:
        """Write down what names stand for, where that is news: a missing file is known by it later, and an address
        need not be read again. Blocks.
        """
        for picture in pictures:
            if picture.source not in ("file", "url") or picture.content is None:
                continue
            notebook = self._store.relative(order.notebook)
            # What is asked for can be had without it, also where nothing can be written.
            with suppress(StoreUnavailable):
                if self._store.index.input_digest(notebook, picture.name) != picture.digest:
                    self._recorder.input(notebook, picture.name, picture.digest)

    async def _fetched(self, given: str) -> PictureInput:
        """The picture at this address. No thread waits for it: name look-ups need one, and there are few."""
        content: bytes | Exception
        try:
            content = await fetched(self._connection, given)
        except (OSError, RunflowError) as reason:
            content = reason

        def fetch(_: str) -> bytes:
            if isinstance(content, Exception):
                raise content
            return content

        return await asyncio.to_thread(read_picture, given, images=self._store.images, fetch=fetch, seen=self._seen)

    async def outgoing(self, client: RunflowClient, pictures: Sequence[PictureInput]) -> Outgoing:
        """Keep the pictures in the store, upload the large ones, and say how each goes out.

        Raises InvalidRequest, StoreUnavailable, ServerUnavailable, RequestRefused.
        """
        urls, recorded, ways = [], [], {}
        for picture in pictures:
            kept = await asyncio.to_thread(keep, picture, self._store.images, self._seen)
            way = await asyncio.to_thread(outgoing, kept)
            if isinstance(way, Upload):
                reference = (await self._uploading.asset(client, way)).reference
                ways[reference] = way
                way = reference
            urls.append(way)
            recorded.append(
                {
                    "digest": kept.digest,
                    "typed": kept.typed,
                    "name": kept.name,
                    "source": kept.source,
                    "run": kept.run,
                    "number": kept.number,
                    "sent": _way(way),
                    "file": None if kept.stored is None else kept.stored.stem,
                }
            )
        references = [url for url in urls if url.startswith(SCHEME)]
        sign = partial(self._uploading.signed, client, references, ways) if references else None
        return Outgoing(tuple(urls), tuple(recorded), sign)

    def restored(self, run: Run) -> dict[str, Any]:
        """The input exactly as it was sent, made again from the record. Blocks. Raises NotRestorable."""
        given = dict(run.input)
        field = run.picture_field
        if field is not None:
            restored = [self._restored_picture(picture) for picture in run.pictures]
            given[field] = restored if isinstance(given[field], list) else restored[0]
        return given

    def _restored_picture(self, picture: Any) -> str:
        sent = str(picture.get("sent"))
        if sent == AS_GIVEN:
            raise NotRestorable("a signed address was sent, which is not on record")
        if sent != INLINE:
            return sent
        path = self._store.images.find(str(picture.get("file")))
        if path is None:
            raise NotRestorable("a picture that was sent is no longer in the store")
        from ...record.formats import facts

        return addresses.data_uri(path.read_bytes(), facts(path).mime)


def _unread(picture: PictureInput) -> bool:
    return picture.source == "url" and not picture.read and addresses.scheme(picture.name) != "runflow"


def _way(way: str) -> str:
    if way.startswith("data:"):
        return INLINE
    return way if addresses.public_name(way) == way else AS_GIVEN
