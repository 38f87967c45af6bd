"""The models, as they are declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ..identity import named
from ..offers.declaration import DECLARED, creator_records, model_records
from ..offers.offer import Offer
from ..offers.table import BY_UUID, find_offer, no_model
from ..paging import Shelf, page_of
from ..refusal import Refusal
from .call import Call, syntax_of

Record = dict[str, Any]

ANY = "any"
"""Stands for whichever model has the input or example."""
DEEP = 3
"""Segments from which on it is unknown whether a model can be read by its slash id."""
NOT_PLAIN = frozenset({*DECLARED, "content", "seo", "notable_features"})


async def list_models(call: Call) -> Response:
    switches = call.desk.switches.models
    hidden = DECLARED if switches.listing == "brief" else ()
    records = model_records(switches)
    fields = tuple(name for name in records[0] if name not in hidden)
    shelf = Shelf("model", fields, frozenset(fields) - NOT_PLAIN, "name:asc", switches.page)
    return JSONResponse(page_of(records, call.request.query_params, shelf, syntax_of(call)).json())


async def refuse_run_listing(_: Call) -> Response:
    """Ids of models may hold any number of segments, so that this address would pass for a model's."""
    raise HTTPException(405, headers={"Allow": "POST"})


async def get_model(call: Call) -> Response:
    return JSONResponse(_record(call, _find(call, call.param("model_id"))))


async def get_input(call: Call) -> Response:
    """One declaration, by its UUID."""
    asked = call.param("model_id")
    records = model_records(call.desk.switches.models) if asked == ANY else [_record(call, _find(call, asked))]
    return JSONResponse(_one([each for record in records for each in record["inputs"]], call.param("id"), "input"))


async def get_example(call: Call) -> Response:
    """The sandbox's models come without examples."""
    if call.param("model_id") != ANY:
        _find(call, call.param("model_id"))
    return JSONResponse(_one([], call.param("id"), "example"))


async def list_creators(call: Call) -> Response:
    fields = tuple(creator_records()[0])
    shelf = Shelf("creator", fields, frozenset(fields), "name:asc", call.desk.switches.models.page)
    return JSONResponse(page_of(creator_records(), call.request.query_params, shelf, syntax_of(call)).json())


async def get_creator(call: Call) -> Response:
    return JSONResponse(_one(creator_records(), call.param("id"), "model creator"))


def _find(call: Call, asked: str) -> Offer:
    """By slash id or UUID, the latter with or without its owner before it. Raises Refusal 404."""
    by_uuid = BY_UUID.get(asked.rpartition("/")[2].lower())
    if by_uuid is not None and asked.rpartition("/")[0] in ("", by_uuid.owner):
        return by_uuid
    if asked.count("/") + 1 >= DEEP and call.desk.switches.models.deep_ids == "uuid":
        raise no_model(asked)
    return find_offer(asked)


def _record(call: Call, offer: Offer) -> Record:
    return _one(model_records(call.desk.switches.models), named("model", offer.spec.id), "model")


def _one(records: Sequence[Record], asked: str, noun: str) -> Record:
    """The record of this id. Raises Refusal 404."""
    for record in records:
        if record["id"] == asked.lower():
            return record
    raise Refusal(404, "NOT_FOUND", f"no such {noun}")
