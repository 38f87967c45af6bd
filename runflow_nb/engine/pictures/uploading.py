"""Pictures that are too large to travel inside of a request: each is uploaded once, while its asset lives."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from ...errors import RequestRefused, RunflowError, ServerUnavailable, StoreUnavailable
from ...record.store import Store
from ...record.uploads import Uploaded
from ..connection import Connection
from .reading import Upload

if TYPE_CHECKING:
    from ...api.client import RunflowClient
    from ...api.wire import Asset

SCHEME = "runflow://assets/"


class Uploading:
    """Gives files assets, for one store over one connection. Used on the background loop only."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self._store = store
        self._connection = connection
        self._flying: dict[str, asyncio.Task[Asset]] = {}
        """By SHA-256: orders of one file wait for one upload."""

    async def asset(self, client: RunflowClient, way: Upload) -> Asset:
        """A living asset of this file: the one that is remembered, else a new one.

        Raises InvalidRequest, ServerUnavailable, RequestRefused.
        """
        task = self._flying.get(way.sha256)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._found_or_made(client, way))
            self._flying[way.sha256] = task
            task.add_done_callback(partial(self._landed, way.sha256))
        return await asyncio.shield(task)

    async def signed(
        self, client: RunflowClient, references: Iterable[str], ways: Mapping[str, Upload]
    ) -> dict[str, str]:
        """Reference -> an address that anybody can read for a while, of those that can be had.

        A reference that the API knows no longer is uploaded anew where its file is in `ways`.
        """
        found = {}
        for reference in references:
            asset = await self._alive(client, reference.removeprefix(SCHEME))
            if asset is None and reference in ways:
                with suppress(RunflowError):
                    asset = await self.asset(client, ways[reference])
            if asset is not None and asset.url is not None:
                found[reference] = asset.url
        return found

    def _landed(self, sha256: str, task: asyncio.Task[Asset]) -> None:
        del self._flying[sha256]
        if not task.cancelled():
            task.exception()  # seen, also where nobody waits for it any more

    async def _found_or_made(self, client: RunflowClient, way: Upload) -> Asset:
        from ...api.upload import upload

        remembered = await asyncio.to_thread(self._store.uploads.find, way.sha256, self._connection.origin)
        for one in remembered:
            if self._may_be_ours(one) and (asset := await self._alive(client, one.asset)) is not None:
                return asset
        asset = await upload(client, way.path, way.mime, way.filename)
        uploaded = Uploaded(asset.id, asset.org_id or self._connection.org_id, self._connection.instance)
        with suppress(StoreUnavailable):
            await asyncio.to_thread(self._store.uploads.keep, way.sha256, self._connection.origin, uploaded)
        return asset

    def _may_be_ours(self, uploaded: Uploaded) -> bool:
        """Whether it may be of this organisation and of this sandbox, as far as is known; the API then has the word."""
        if self._connection.is_another(uploaded.instance):
            return False
        mine = self._connection.org_id or self._connection.organization
        return None in (mine, uploaded.org_id) or mine == uploaded.org_id

    async def _alive(self, client: RunflowClient, asset_id: str) -> Asset | None:
        """The asset with a fresh link, or None where the API does not tell that it can be used."""
        try:
            asset = await client.asset(asset_id)
        except (RequestRefused, ServerUnavailable):
            return None
        return None if asset.id != asset_id or asset.gone(client.clock.time()) else asset
