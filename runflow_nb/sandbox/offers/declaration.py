"""A model as the list tells it: its fields, and one declaration for each input. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ...models.spec import Field
from ..identity import named, stamp
from .offer import Offer
from .switches import ModelSwitches
from .table import OFFERS
from .vocabulary import VOCABULARIES, Vocabulary

Record = dict[str, Any]

LISTED = 1_767_225_600.0
"""When every model came into the list (unix seconds): nothing depends on it."""
OUTPUTS = ("outputs", "model_data", "nsfw_detected", "seed", "timing")
DECLARED = ("inputs", "outputs")
"""Members that a brief listing leaves out."""
CREATORS = {"google": "Google", "sandbox": "The Runflow sandbox"}
"""Owner -> who that is."""
UNSAID = (
    "version", "icon_url", "cover_url", "family_id", "family_variant_code", "param_count", "architecture",
    "max_resolution", "lora_support", "fine_tuning", "supports_streaming", "paper_url", "github_url", "seo",
    "notable_features", "content", "created_by", "deleted_at", "deleted_by",
)  # fmt: skip
"""Documented members that the sandbox has nothing to say of."""


@lru_cache(maxsize=8)
def model_records(switches: ModelSwitches) -> tuple[Record, ...]:
    """Every model, with what it takes."""
    return tuple(_model(offer, switches) for offer in OFFERS.values())


@lru_cache(maxsize=1)
def creator_records() -> tuple[Record, ...]:
    """Who models are of."""
    return tuple(
        {
            "id": named("creator", owner),
            "slug": owner,
            "name": name,
            "created_at": stamp(LISTED),
            "updated_at": stamp(LISTED),
        }
        for owner, name in CREATORS.items()
    )


def _model(offer: Offer, switches: ModelSwitches) -> Record:
    spec, own = offer.spec, offer.owner == "sandbox"
    model_id, words = named("model", spec.id), VOCABULARIES[switches.vocabulary]
    return {
        "id": model_id,
        "org_id": None,
        "model_creator_id": named("creator", offer.owner),
        "slug": spec.id if switches.slug == "id" else spec.id.partition("/")[2],
        "name": spec.name,
        "description": spec.description,
        **dict.fromkeys(UNSAID),
        "is_public": True,
        "is_open_source": False,
        "category_code": offer.category,
        "status_code": "active",
        "license_code": "sandbox" if own else "commercial",
        "is_official": not own,
        "availability_status": "available",
        "price_label": offer.price_label,
        "pricing_note": offer.pricing_note,
        "created_at": stamp(LISTED),
        "updated_at": stamp(LISTED),
        "inputs": [_input(model_id, offer, field, order, words) for order, field in enumerate(spec.fields)],
        "outputs": [_output(model_id, name, order) for order, name in enumerate(OUTPUTS)],
    }


def _input(model_id: str, offer: Offer, field: Field, order: int, words: Vocabulary) -> Record:
    code, attrs = words.validator(field)
    return {
        "id": named("input", f"{model_id}/{field.name}"),
        "model_id": model_id,
        "name": field.name,
        "display_name": field.name.replace("_", " ").capitalize(),
        "description": field.description,
        "variable_type_code": offer.type_codes.get(field.name, words.types[field.type]),
        "default_behavior_code": words.default_behavior(field),
        "validator_code": code,
        "validator_attrs": attrs,
        "is_required": field.required,
        "default_value": field.default,
        "sort_order": order,
        "is_featured": field.required,
        "created_at": stamp(LISTED),
        "updated_at": stamp(LISTED),
    }


def _output(model_id: str, name: str, order: int) -> Record:
    return {
        "id": named("output", f"{model_id}/{name}"),
        "model_id": model_id,
        "name": name,
        "display_name": name.replace("_", " ").capitalize(),
        "description": None,
        "variable_type_code": "json",
        "validator_code": None,
        "validator_attrs": {},
        "sort_order": order,
        "created_at": stamp(LISTED),
        "updated_at": stamp(LISTED),
    }
