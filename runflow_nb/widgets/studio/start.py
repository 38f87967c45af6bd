"""The state that a studio begins with: what its call says, and the settings that stand in for what it does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import InvalidRequest
from ...models.defaults import MODEL
from ...models.spec import Value
from ..form.controls import controls
from ..form.state import FormState, request, started


def state_for(defaults: Mapping[str, Value], fields: Mapping[str, Any]) -> FormState:
    """`fields`: of the model, and `model` and `images`. A field that the form can show stays as it was given, right or
    wrong. Raises InvalidRequest for a model that is none, and for what no form has a control for.
    """
    said = {name: value for name, value in fields.items() if value is not None}
    images = said.pop("images", ())
    pictures = tuple(images) if isinstance(images, list | tuple) else (images,)
    model = said.pop(MODEL, defaults.get(MODEL))
    spec = started(model, {}, pictures).spec
    standing_in = {name: value for name, value in defaults.items() if name not in said and spec.field(name)}
    state = started(model, {**standing_in, **said}, pictures)
    try:
        request(state)
    except InvalidRequest as invalid:
        known = {control.field for control in controls(state.spec)} | {"images"}
        if wrong := [problem for problem in invalid.problems if problem.subject not in known]:
            raise InvalidRequest(wrong) from None
    return state
