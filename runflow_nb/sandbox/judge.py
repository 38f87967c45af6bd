"""The rules of a model's spec, applied to the raw JSON of an input. Pure: every wrong field is named at once."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from ..models.spec import Field, ModelSpec
from .refusal import FieldError
from .switches import Switches

Judged = tuple[Any, list[FieldError]]


def judge(spec: ModelSpec, given: Mapping[str, Any], switches: Switches) -> tuple[dict[str, Any], list[FieldError]]:
    """(the input as it is stored, what is wrong with it)."""
    kept = dict(given)
    errors: list[FieldError] = []
    for field in spec.fields:
        if field.name in given:
            kept[field.name], wrong = _value(field, given[field.name], switches)
            errors += wrong
        elif field.required and (switches.enforce_inferred or field.published("required")):
            errors.append(FieldError(_loc(field), "field required"))
    if switches.refuse_unknown:
        known = {field.name for field in spec.fields}
        errors += [
            FieldError(("body", "input", name), f"{spec.id} has no such field") for name in given if name not in known
        ]
    return kept, errors


def _loc(field: Field) -> tuple[str, ...]:
    return ("body", "input", field.name)


def _value(field: Field, value: Any, switches: Switches) -> Judged:
    if field.type == "image_list":
        return _pictures(field, value)
    if field.type == "boolean":
        return value, [] if isinstance(value, bool) else [FieldError(_loc(field), "takes true or false")]
    if field.type in ("integer", "number"):
        return _number(field, value, switches)
    return _string(field, value, switches)


def _number(field: Field, value: Any, switches: Switches) -> Judged:
    whole = field.type == "integer"
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not math.isfinite(value):
        return value, [FieldError(_loc(field), "takes an integer" if whole else "takes a number")]
    enforced = field.counts_images or _enforced(field, "range", switches)
    low, high = field.minimum, field.maximum
    if enforced and ((low is not None and value < low) or (high is not None and value > high)):
        return value, [FieldError(_loc(field), f"takes {low} to {high}")]
    return value, []


def _string(field: Field, value: Any, switches: Switches) -> Judged:
    digits = bool(field.allowed) and all(choice.isdigit() for choice in field.allowed)
    numbers = "safety-text" not in switches.dialects
    if digits and numbers and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return value, [FieldError(_loc(field), "takes a string")]
    if "\0" in value:
        return value, [FieldError(_loc(field), "holds a null character")]
    if field.shape and not re.fullmatch(field.shape, value):
        taken = f"takes one of {', '.join(field.allowed)}" if field.allowed else f"takes the form {field.shape}"
        return value, [FieldError(_loc(field), taken)]
    if field.allowed and value not in field.allowed and _enforced(field, "allowed", switches):
        return value, [FieldError(_loc(field), f"takes one of {', '.join(field.allowed)}")]
    low, high = field.minimum or 0, field.maximum
    short_or_long = len(value) < low or (high is not None and len(value) > high)
    if short_or_long and _enforced(field, "length", switches):
        return value, [FieldError(_loc(field), f"takes {low} to {high} characters, not {len(value)}")]
    return value, []


def _pictures(field: Field, value: Any) -> Judged:
    if not isinstance(value, list):
        return value, [FieldError(_loc(field), "takes an array of strings")]
    if not value:
        return value, [FieldError(_loc(field), "takes at least one picture")]
    wrong = [i for i, entry in enumerate(value) if not isinstance(entry, str) or not entry]
    return value, [FieldError((*_loc(field), i), "takes a non-empty string") for i in wrong]


def _enforced(field: Field, fact: Any, switches: Switches) -> bool:
    return switches.enforce_inferred or field.published(fact)
