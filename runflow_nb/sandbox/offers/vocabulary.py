"""The words of declarations. No page lists them: the model pages show some types, the rest could be any. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...models.spec import Field, FieldType


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One choice of words."""

    types: Mapping[FieldType, str]
    one_of: tuple[str, str]
    """`validator_code` of a closed set, and the member of `validator_attrs` that lists it."""
    pattern: tuple[str, str]
    """Of a form that a text has, and the member that holds it as a regular expression."""
    length: tuple[str, str, str]
    """Of bounds of a text, and the members that hold the least and the most."""
    range: tuple[str, str, str]
    """Of bounds of a number."""
    defaults: tuple[str, str]
    """`default_behavior_code` of a field without a default and of one with it."""

    def validator(self, field: Field) -> tuple[str | None, dict[str, Any]]:
        """(`validator_code`, `validator_attrs`)."""
        if field.allowed:
            code, values = self.one_of
            return code, {values: list(field.allowed)}
        if field.shape:
            code, form = self.pattern
            return code, {form: field.shape}
        if field.minimum is None and field.maximum is None:
            return None, {}
        code, least, most = self.length if field.type == "string" else self.range
        return code, {least: field.minimum, most: field.maximum}

    def default_behavior(self, field: Field) -> str:
        return self.defaults[field.default is not None]


VOCABULARIES = {
    "pages": Vocabulary(
        types={
            "string": "string",
            "integer": "integer",
            "number": "number",
            "boolean": "boolean",
            "image": "image",
            "image_list": "image_list",
        },
        one_of=("one_of", "values"),
        pattern=("regex", "pattern"),
        length=("length", "min", "max"),
        range=("range", "min", "max"),
        defaults=("none", "static"),
    ),
    "other": Vocabulary(
        types={
            "string": "text",
            "integer": "int",
            "number": "float",
            "boolean": "bool",
            "image": "image_url",
            "image_list": "image_array",
        },
        one_of=("enum", "options"),
        pattern=("matches", "expression"),
        length=("text_length", "min_length", "max_length"),
        range=("between", "minimum", "maximum"),
        defaults=("required_from_user", "use_default"),
    ),
}
"""Name -> the words; the first is the default."""
