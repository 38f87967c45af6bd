"""The catalog, as declarations made from the specs."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ...models.catalog import CATALOG
from ...models.spec import Field, ModelSpec
from ...money import usd
from ..identity import named, stamp
from .account import EPOCH
from .call import Call
from .runs import find_spec

OUTPUTS = ("outputs", "model_data", "nsfw_detected", "seed", "timing")


async def list_models(_: Call) -> Response:
    items = [model_record(spec) for spec in CATALOG.values()]
    return JSONResponse({"items": items, "next_pq": None, "prev_pq": None})


async def refuse_run_listing(_: Call) -> Response:
    """Ids of models may hold any number of segments, so that this address would pass for a model's."""
    raise HTTPException(405, headers={"Allow": "POST"})


async def get_model(call: Call) -> Response:
    return JSONResponse(model_record(find_spec(call.param("model_id"))))


def model_record(spec: ModelSpec) -> dict[str, Any]:
    """A model with what it takes. `slug` is the whole slash id, for an id may have more than two segments."""
    model_id = named("model", spec.id)
    return {
        "id": model_id,
        "org_id": None,
        "model_creator_id": named("creator", spec.id.partition("/")[0]),
        "slug": spec.id,
        "name": spec.name,
        "description": spec.description,
        "version": None,
        "is_public": True,
        "is_open_source": False,
        "category_code": "image-to-image" if spec.edits else "text-to-image",
        "status_code": "active",
        "license_code": "commercial",
        "is_official": True,
        "availability_status": "available",
        "price_label": f"{usd(spec.listed_price.base)}/image",
        "pricing_note": "Usage-based, per image",
        "created_at": stamp(EPOCH),
        "updated_at": stamp(EPOCH),
        "deleted_at": None,
        "inputs": [_declaration(model_id, field, order) for order, field in enumerate(spec.fields)],
        "outputs": [_output(model_id, name, order) for order, name in enumerate(OUTPUTS)],
    }


def _declaration(model_id: str, field: Field, order: int) -> dict[str, Any]:
    code, attrs = _validator(field)
    return {
        "id": named("input", f"{model_id}/{field.name}"),
        "model_id": model_id,
        "name": field.name,
        "display_name": field.name.replace("_", " ").capitalize(),
        "description": field.description,
        "variable_type_code": field.type,
        "default_behavior_code": "none" if field.default is None else "static",
        "validator_code": code,
        "validator_attrs": attrs,
        "is_required": field.required,
        "default_value": field.default,
        "sort_order": order,
        "is_featured": field.required,
        "created_at": stamp(EPOCH),
        "updated_at": stamp(EPOCH),
    }


def _validator(field: Field) -> tuple[str | None, dict[str, Any]]:
    if field.allowed:
        return "one_of", {"values": list(field.allowed)}
    if field.minimum is None and field.maximum is None:
        return None, {}
    bounds = {"min": field.minimum, "max": field.maximum}
    return ("length" if field.type == "string" else "range"), bounds


def _output(model_id: str, name: str, order: int) -> dict[str, Any]:
    return {
        "id": named("output", f"{model_id}/{name}"),
        "model_id": model_id,
        "name": name,
        "variable_type_code": "json",
        "sort_order": order,
    }
