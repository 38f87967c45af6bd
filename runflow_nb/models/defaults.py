"""Values that stand in for what a request does not say: which ones there can be, and what they make of a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import InvalidRequest, Problem
from .catalog import CATALOG, DEFAULT_MODEL, SHORT_NAMES, UnknownModel, find_model
from .nearest import nearest
from .request import RunRequest, build_request
from .spec import ModelSpec, Value
from .validate import check

MODEL = "model"


class NotOffered(ValueError):
    """No model of the catalog has this value."""

    def __init__(self, reason: str, nearest_value: str | None) -> None:
        self.reason, self.nearest = reason, nearest_value
        super().__init__(reason, nearest_value)


def offered(name: str, value: object) -> Value:
    """The canonical value of a default for this field, or for `model`. Raises NotOffered where no model has it."""
    if name == MODEL:
        try:
            find_model(str(value).strip(), False)
        except UnknownModel as unknown:
            raise NotOffered(f"It takes {', '.join([*SHORT_NAMES, *CATALOG])}.", unknown.nearest) from None
        return str(value).strip()
    having = [(spec, field) for spec in CATALOG.values() if (field := spec.field(name)) is not None]
    problem: Problem | None = None
    for spec, field in having:
        canonical, refused, doubtful = check(spec, field, value)
        if canonical is not None and not doubtful:
            return canonical
        problem = problem or refused
    choices = list(dict.fromkeys(choice for _, field in having for choice in field.allowed))
    if choices:
        raise NotOffered(f"It takes {', '.join(choices)}.", nearest(str(value), choices))
    reason, guess = (problem.reason, problem.nearest) if problem else ("takes another value", None)
    raise NotOffered(f"It {reason}.", guess)


def build_with_defaults(
    defaults: Mapping[str, Value],
    model: str | None,
    fields: Mapping[str, Any],
    images: Sequence[Any] = (),
    callback_url: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    *,
    named: Callable[[str], str],
) -> RunRequest:
    """`build_request`, with `defaults` as if they had been typed where the request says nothing.

    A default that the model has no field for is left out, and so is one that is the published default anyway. `named`
    says of a default what people set it by. Raises InvalidRequest; a default that is wrong for the model is named so.
    """
    chosen = model or _variant(defaults, bool(images))
    spec = _find(chosen, bool(images))
    added = (
        {} if spec is None else {name: value for name, value in defaults.items() if _counts(spec, name, value, fields)}
    )
    try:
        return build_request(chosen, {**fields, **added}, images, callback_url, metadata)
    except InvalidRequest as invalid:
        problems = [replace(p, subject=named(p.subject)) if p.subject in added else p for p in invalid.problems]
        raise InvalidRequest(problems) from None


def _variant(defaults: Mapping[str, Value], has_images: bool) -> str | None:
    """The model that is set, in the variant that takes what is given: nobody named it for this request."""
    if MODEL not in defaults:
        return None
    spec = find_model(str(defaults[MODEL]), has_images)
    return spec.id if spec.edits == has_images else spec.sibling


def _find(model: str | None, has_images: bool) -> ModelSpec | None:
    try:
        return find_model(model or DEFAULT_MODEL, has_images)
    except UnknownModel:
        return None


def _counts(spec: ModelSpec, name: str, value: Value, fields: Mapping[str, Any]) -> bool:
    field = spec.field(name)
    if field is None or spec.declared or fields.get(name) is not None:
        # What is set is meant for the models of the catalog: another's `resolution` may take other words.
        return False
    return not (field.published("default") and value == field.default)
