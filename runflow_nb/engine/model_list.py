"""Models outside of the catalog: what a store remembers of them, else what the API's own list says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..errors import AccessDenied, NotConnected, RequestRefused, RunflowError, ServerUnavailable, StoreUnavailable
from ..models.catalog import CATALOG, SHORT_NAMES, UnknownModel, declare, known
from ..models.declared import MODEL_ID, declared_spec, untyped_spec
from ..models.spec import ModelSpec
from ..record.store import Store
from .connection import Connection

if TYPE_CHECKING:
    from ..api.client import RunflowClient

Record = Mapping[str, Any]


def is_foreign(model: str) -> bool:
    """Whether this looks like the full id of a model that the catalog does not have."""
    return model not in CATALOG and model not in SHORT_NAMES and bool(MODEL_ID.fullmatch(model))


class ModelList:
    """Learns of models over one connection, and remembers them in one store."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self._store = store
        self._connection = connection
        self._untold: set[str] = set()
        """Models that this key may not read about."""

    async def learn(self, model: str, *, online: bool, anew: bool = False) -> ModelSpec:
        """Let this model be found from now on: by what the store remembers, else by what the API says, which is then
        remembered with its date. `anew`: the API is asked whatever is remembered. Sends nothing where not `online`.

        Where nobody can tell what it takes, although there may be such a model, everything is taken as text.

        Raises UnknownModel; ServerUnavailable and RequestRefused where nothing is remembered or on record.
        """
        spec = None if anew and online else await asyncio.to_thread(self._remembered, model, online)
        if spec is None and not anew and model in self._untold:
            spec = known(model)
        if spec is None and online:
            try:
                spec = await self._asked(model)
            except NotConnected:
                pass
            except (ServerUnavailable, RequestRefused):
                spec = known(model) or await asyncio.to_thread(self._remembered, model, online)
                if spec is None and not await asyncio.to_thread(self._on_record, model):
                    raise
        if spec is None and await asyncio.to_thread(self._on_record, model):
            spec = untyped_spec(model)
        if spec is None:
            raise UnknownModel(model)
        declare(spec)
        return spec

    async def listed(self) -> list[ModelSpec]:
        """Every model that the API lists outside of the catalog, by id, each to be found from now on.

        Raises NotConnected, ServerUnavailable, RequestRefused.
        """
        return _declare(await self._records(await self._connection.client()))

    def _remembered(self, model: str, online: bool) -> ModelSpec | None:
        declared = self._store.declarations.find(model, self._connection.origin if online else None)
        return None if declared is None else declared_spec(model, declared.record)

    def _on_record(self, model: str) -> bool:
        try:
            return self._store.index.has_model(model)
        except StoreUnavailable:
            return False

    async def _asked(self, model: str) -> ModelSpec:
        client = await self._connection.client()
        try:
            record = await self._record(client, model)
        except AccessDenied:
            # Whoever may not read the list may still make runs: the server is the judge.
            self._untold.add(model)
            return untyped_spec(model)
        with suppress(RunflowError):
            now = self._connection.clock.time()
            await asyncio.to_thread(self._store.declarations.keep, model, self._connection.origin, record, now)
        return declared_spec(model, record)

    async def _record(self, client: RunflowClient, model: str) -> Record:
        """What the API says of the model. Raises UnknownModel."""
        own = await client.model(model)
        if own is not None and _inputs(own):
            return own
        # Models with ids of several segments may be found in the list only, and lists may leave out what is taken.
        records = await self._records(client)
        listed = _found(records, model)
        if listed is None and own is None:
            _declare(records)
            raise UnknownModel(model)
        if listed is not None and not _inputs(listed) and isinstance(listed.get("id"), str):
            listed = await client.model(f"{model.partition('/')[0]}/{listed['id']}") or listed
        return listed if listed is not None and (_inputs(listed) or own is None) else own or {}

    async def _records(self, client: RunflowClient) -> Sequence[Record]:
        try:
            return await client.models()
        except RequestRefused as refusal:
            if refusal.status not in (403, 404):
                raise
            return await client.models(public=True)


def _declare(records: Iterable[Record]) -> list[ModelSpec]:
    """Let each of these models be found that the catalog does not have; by id."""
    found = {name: declared_spec(name, record) for record in records if (name := _name(record)) is not None}
    specs = [found[name] for name in sorted(found) if is_foreign(name)]
    for spec in specs:
        if spec.typed or known(spec.id) is None:
            declare(spec)
    return specs


def _found(records: Sequence[Record], model: str) -> Record | None:
    """The record of this model. A slug may be the whole id, or only what follows the owner, if that is clear."""
    whole = next((record for record in records if _name(record) == model), None)
    alike = [record for record in records if record.get("slug") == model.partition("/")[2]]
    return whole or (alike[0] if len(alike) == 1 else None)


def _name(record: Record) -> str | None:
    slug = record.get("slug")
    return slug if isinstance(slug, str) and MODEL_ID.fullmatch(slug) else None


def _inputs(record: Record) -> bool:
    return isinstance(record.get("inputs"), list) and bool(record["inputs"])
