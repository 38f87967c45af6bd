"""Models that no page of the catalog describes: a spec made from what the API's own list declares of one.

The list holds one declaration for each input (`inputs[]`: name, `variable_type_code`, `is_required`, `default_value`,
`validator_attrs`). Which words those codes are is not published, so that every spelling that is likely is read, and
what is not understood is plain text: the server judges it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .spec import Fact, Field, FieldType, ModelSpec, Value

MODEL_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)+", re.ASCII)
"""What a full id looks like: `owner/slug`, possibly with more segments."""
FIELD = re.compile(r"[A-Za-z_]\w{0,63}", re.ASCII)
"""What the name of a field looks like."""
TYPES: Mapping[str, FieldType] = {
    **dict.fromkeys(("integer", "int", "int32", "int64", "long"), "integer"),
    **dict.fromkeys(("number", "float", "double", "decimal"), "number"),
    **dict.fromkeys(("boolean", "bool", "checkbox", "toggle"), "boolean"),
    **dict.fromkeys(("image", "image_url", "image_file", "picture"), "image"),
    **dict.fromkeys(("image_list", "images", "image_array", "image_urls", "image_url_list"), "image_list"),
}
"""A type's name -> ours. Every other is text."""
LISTS = ("values", "allowed", "allowed_values", "options", "choices", "enum")
LEAST = ("min", "minimum", "ge", "gte", "min_value", "min_length")
MOST = ("max", "maximum", "le", "lte", "max_value", "max_length")
READ: frozenset[Fact] = frozenset({"allowed", "range", "length", "default"})
"""What is read from words that no page explains: it warns, and the server judges."""
LONGEST_TEXT = 300
"""Characters of a description that are shown."""
MOST_FIELDS = 200
MOST_VALUES, LONGEST_VALUE = 500, 100
"""Of a closed set; a larger one is left to the server."""
LARGEST_BOUND = 2**53
"""What is larger, or no number, bounds nothing that anybody counts."""


def declared_spec(model: str, record: Mapping[str, Any]) -> ModelSpec:
    """The spec of a model by what the API's list says of it. What cannot be read of it is left out."""
    inputs = [entry for entry in _sequence(record.get("inputs")) if isinstance(entry, Mapping)]
    fields = tuple(_unique(filter(None, map(_field, sorted(inputs, key=_order)))))[:MOST_FIELDS]
    if not fields:
        return untyped_spec(model, record)
    return ModelSpec(
        id=model,
        name=_text(record.get("name")) or model,
        description=_text(record.get("description")),
        fields=fields,
        price=None,
        price_words=_text(record.get("price_label")) or _text(record.get("pricing_note")),
        declared=True,
    )


def untyped_spec(model: str, record: Mapping[str, Any] | None = None) -> ModelSpec:
    """The spec of a model of which nothing is known but its id: every field is text, pictures are `image_urls`."""
    known = record or {}
    fields = (
        Field("prompt", "string", "What to make."),
        Field("image_urls", "image_list", "Pictures that go in."),
        Field("seed", "integer", "Random seed."),
    )
    return ModelSpec(
        id=model,
        name=_text(known.get("name")) or model,
        description=_text(known.get("description")),
        fields=fields,
        price=None,
        price_words=_text(known.get("price_label")) or _text(known.get("pricing_note")),
        declared=True,
        typed=False,
    )


def open_field(spec: ModelSpec, name: str) -> Field | None:
    """The field of this name; of a model of which nothing is known every name is one."""
    known = spec.field(name)
    return known if known is not None or spec.typed else Field(name, "string", "")


def _field(entry: Mapping[str, Any]) -> Field | None:
    name = entry.get("name")
    if not isinstance(name, str) or not FIELD.fullmatch(name):
        return None
    attrs = entry.get("validator_attrs")
    attrs = attrs if isinstance(attrs, Mapping) else {}
    kind = TYPES.get(str(entry.get("variable_type_code")).casefold(), "string")
    return Field(
        name=name,
        type=kind,
        description=_text(entry.get("description")) or _text(entry.get("display_name")),
        required=entry.get("is_required") is True,
        allowed=_allowed(attrs) if kind == "string" else (),
        minimum=_bound(attrs, LEAST),
        maximum=_bound(attrs, MOST),
        default=_default(entry.get("default_value"), kind),
        inferred=READ,
    )


def _unique(fields: Iterable[Field]) -> Iterable[Field]:
    return {field.name: field for field in fields}.values()


def _order(entry: Mapping[str, Any]) -> float:
    order = entry.get("sort_order")
    return order if isinstance(order, int | float) else 0


def _allowed(attrs: Mapping[str, Any]) -> tuple[str, ...]:
    for name in LISTS:
        found = attrs.get(name)
        if isinstance(found, list) and found and len(found) <= MOST_VALUES and all(map(_can_be_typed, found)):
            return tuple(dict.fromkeys(found))
    return ()


def _can_be_typed(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_VALUE and value.isprintable()


def _bound(attrs: Mapping[str, Any], names: Iterable[str]) -> int | float | None:
    found = (attrs.get(name) for name in names)
    numbers = (one for one in found if isinstance(one, int | float) and not isinstance(one, bool))
    return next((one for one in numbers if abs(one) <= LARGEST_BOUND), None)


def _default(value: object, kind: FieldType) -> Value | None:
    suits = {"boolean": bool, "integer": int, "number": int | float, "string": str}.get(kind)
    if suits is None or not isinstance(value, suits) or (isinstance(value, bool) and kind != "boolean"):
        return None
    if isinstance(value, str):
        return _text(value)
    return value if isinstance(value, int | float) else None


def _sequence(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    """One line of a text of theirs, without what could act on a terminal or turn the line around."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(char if char.isprintable() else " " for char in value).split())[:LONGEST_TEXT]
