"""What a request of the past would cost today. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InvalidRequest
from .catalog import CATALOG
from .price import Estimate
from .request import build_request


def price_today(model: str, given: Mapping[str, Any]) -> Estimate:
    """The catalog's price of this input; unknown where the catalog does not have the model, or it takes this no more.

    `given`: the input as it is on record, pictures as digests; whatever stands there.
    """
    unknown = Estimate(None, "unknown", (), 1)
    spec = CATALOG.get(model)
    if spec is None:
        return unknown
    pictures = given.get(spec.image_field.name) if spec.image_field else None
    fields = {name: value for name, value in given.items() if not isinstance(value, list | dict)}
    try:
        return build_request(model, fields, pictures if isinstance(pictures, list) else ()).price
    except InvalidRequest:
        return unknown
