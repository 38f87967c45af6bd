"""What a form says, and what it asks for. Pure: a frozen state, and functions from one to the next."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from ...errors import InvalidRequest, Problem
from ...models.catalog import DEFAULT_MODEL, UnknownModel, find_model, known
from ...models.declared import open_field
from ...models.request import RunRequest, build_request
from ...models.spec import Field, ModelSpec, Value
from ...models.validate import brief, check
from ...record.run import Run
from .controls import CALLBACK, IMAGES, METADATA, MODEL, OURS, SEED, TAGS, is_typed, takes_seed

BESIDE_INPUT = frozenset({CALLBACK, METADATA, TAGS})
Find = Callable[[Mapping[str, Any]], Any]
"""From what is recorded of a picture that went in to something to give as a picture; None where it is gone."""


@dataclass(frozen=True, slots=True)
class SeedChoice:
    """How the seed is chosen."""

    kind: Literal["random", "fixed", "next"] = "random"
    """random: none is asked, one is drawn. fixed: always `number`. next: `number`, and one more after each run."""
    number: Value = ""
    """As typed; "" where none was."""

    @property
    def asked(self) -> Value | None:
        """What is asked for, as typed; None for none: the first of `next` may be drawn too."""
        drawn = self.kind == "random" or (self.kind == "next" and self.number == "")
        return None if drawn else self.number


@dataclass(frozen=True, slots=True)
class GonePicture:
    """A picture of an earlier request that is nowhere any more."""

    name: str


@dataclass(frozen=True, slots=True)
class FormState:
    """All that a form says. Whatever was typed is kept, also where it cannot be used."""

    model: str
    """A full id of a model that is known."""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    """What is said: fields of the model, and `callback_url`, `metadata` and `tags` as typed. Never the seed."""
    images: tuple[Any, ...] = ()
    """Pictures as `RunRequest` takes them."""
    seed: SeedChoice = SeedChoice()

    @property
    def spec(self) -> ModelSpec:
        return find_model(self.model, False)

    def value(self, name: str) -> Value | None:
        """What is said for this field; None for nothing."""
        return self.values.get(name)


def started(model: str | None, fields: Mapping[str, Any], images: Sequence[Any] = ()) -> FormState:
    """The state that says what a call with these fields would; None says nothing.

    Raises InvalidRequest for a model that is none: there is no form for it.
    """
    name = str(model or DEFAULT_MODEL)
    try:
        spec = find_model(name, bool(images))
    except UnknownModel as unknown:
        reason = "is not a model of the catalog" + (", nor known from the API's list" if "/" in name else "")
        raise InvalidRequest([Problem(MODEL, name, reason, unknown.nearest)]) from None
    said = {key: _as_typed(key, value) for key, value in fields.items() if value is not None}
    seed = said.pop(SEED, None) if takes_seed(spec) else None
    state = FormState(spec.id, seed=SeedChoice() if seed is None else SeedChoice("fixed", seed))
    for key, value in said.items():
        state = changed(state, key, value)
    return with_images(state, images)


def _as_typed(key: str, value: Any) -> Value:
    if key == METADATA and isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False, default=str)
    if key == TAGS and isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return value if isinstance(value, str | int | float) else str(value)


def changed(state: FormState, name: str, value: Value | None) -> FormState:
    """With this field set; with None, "" or the published default nothing is said for it."""
    values = {key: other for key, other in state.values.items() if key != name}
    if value is not None and value != "":
        field = None if name in BESIDE_INPUT else state.spec.field(name)
        if field is not None:
            value = _canonical(state.spec, field, value)
        elif not state.spec.typed and name not in BESIDE_INPUT:
            value = str(value).lower() if isinstance(value, bool) else str(value)
        # The request is the same without a default that a page states.
        if field is None or value != field.default or not field.published("default"):
            values[name] = value
    return replace(state, values=MappingProxyType(values))


def _canonical(spec: ModelSpec, field: Field, value: Value) -> Value:
    """The value as the API spells it; what is typed, and what cannot be used, as it was."""
    if is_typed(field):
        return value
    found, _, _ = check(spec, field, value)
    return value if found is None else found


def with_images(state: FormState, images: Sequence[Any]) -> FormState:
    """With these pictures; a model that takes none gives way to its variant that does."""
    if images and state.spec.image_field is None and state.spec.sibling:
        state, _ = with_model(state, state.spec.sibling)
    return replace(state, images=tuple(images))


def with_model(state: FormState, model: str) -> tuple[FormState, tuple[str, ...]]:
    """The same with another model, and what of it does not fit there, each as a text for people."""
    spec = find_model(model, False)
    kept, dropped = FormState(model, seed=state.seed if takes_seed(spec) else SeedChoice()), []
    if kept.seed != state.seed:
        dropped.append(f"the seed: {spec.id} takes none")
    for name, value in state.values.items():
        if name not in BESIDE_INPUT and (reason := _unfit(spec, name, value)):
            dropped.append(f"{name} {brief(value)}: {reason}")
        else:
            kept = changed(kept, name, value)
    takes_pictures = spec.image_field is not None
    if state.images and not takes_pictures:
        count = len(state.images)
        dropped.append(f"{count} picture{'s' if count != 1 else ''} to edit")
    return replace(kept, images=state.images if takes_pictures else ()), tuple(dropped)


def _unfit(spec: ModelSpec, name: str, value: Value) -> str | None:
    """Why this value is nothing for the model; a prompt stays, whatever is wrong with it."""
    field = open_field(spec, name)
    if field is None or field == spec.image_field or name in OURS:
        return f"is no field of {spec.id}"
    if field.required and is_typed(field):
        return None
    _, problem, doubt = check(spec, field, value)
    return problem.reason if problem else doubt and doubt.partition(": ")[2]


def after_run(state: FormState, sent: int | None = None) -> FormState:
    """For the run after this one: `next` counts on; `sent` is the seed that was drawn, where none was typed."""
    number = _number(state.seed.number)
    number = sent if number is None else number
    if state.seed.kind != "next" or number is None:
        return state
    return replace(state, seed=SeedChoice("next", number + 1))


def _number(value: Value) -> int | None:
    text = str(value).strip()
    return int(text) if re.fullmatch(r"[+-]?\d{1,30}", text, re.ASCII) else None


def of_run(run: Run, find: Find) -> FormState:
    """The form filled in as this run was asked for. Labels are left out: they are not what was asked.

    A run of a model of which nothing is known is taken to the default one as far as it fits.
    """
    model = run.model if known(run.model) is not None else find_model(DEFAULT_MODEL, bool(run.pictures)).id
    spec = find_model(model, False)
    asked = run.seeds.asked if takes_seed(spec) else None
    state = FormState(model, seed=SeedChoice() if asked is None else SeedChoice("fixed", asked))
    for name, value in run.input.items():
        field = open_field(spec, name)
        pictures = name == run.picture_field or field == spec.image_field or not isinstance(value, str | int | float)
        if field is not None and not pictures and name not in OURS and not (name == SEED and takes_seed(spec)):
            state = changed(state, name, value)
    for name, value in {CALLBACK: run.callback_url, METADATA: run.metadata}.items():
        if value is not None:
            state = changed(state, name, _as_typed(name, value))
    return with_images(state, [_found(picture, find) for picture in run.pictures])


def _found(recorded: Mapping[str, Any], find: Find) -> Any:
    picture = find(recorded)
    return GonePicture(str(recorded.get("typed") or recorded.get("name") or "")) if picture is None else picture


def request(state: FormState) -> RunRequest:
    """What the form asks for. Raises InvalidRequest with every problem."""
    problems = [*_gone(state.images)]
    metadata = None
    if METADATA in state.values:
        metadata, wrong = _metadata(str(state.values[METADATA]))
        problems += wrong
    fields: dict[str, Any] = {name: value for name, value in state.values.items() if name not in BESIDE_INPUT}
    if state.seed.asked is not None:
        fields[SEED] = state.seed.asked
    callback = state.value(CALLBACK)
    try:
        found = build_request(
            state.model, fields, state.images, None if callback is None else str(callback).strip(), metadata
        )
    except InvalidRequest as invalid:
        raise InvalidRequest([*invalid.problems, *problems]) from None
    if problems:
        raise InvalidRequest(problems)
    return found


def tags(state: FormState) -> tuple[str, ...]:
    """The labels that the run is to have."""
    typed = str(state.values.get(TAGS, ""))
    return tuple(dict.fromkeys(tag for part in typed.split(",") if (tag := part.strip())))


def problems(state: FormState) -> Mapping[str, str]:
    """Field -> what is wrong with it, for people; empty where it can be asked for."""
    try:
        request(state)
    except InvalidRequest as invalid:
        return told(invalid.problems)
    return {}


def doubts(state: FormState) -> tuple[str, ...]:
    """What the API will judge; nothing where there are problems."""
    try:
        return request(state).warnings
    except InvalidRequest:
        return ()


def told(found: Sequence[Problem]) -> Mapping[str, str]:
    """Field -> what these problems say of it, to stand beside its control."""
    texts: dict[str, str] = {}
    for problem in found:
        text = _sentence(problem)
        texts[problem.subject] = f"{texts[problem.subject]} {text}" if problem.subject in texts else text
    return texts


def _sentence(problem: Problem) -> str:
    # What was typed begins the sentence as it is; else the reason does.
    text = f"{problem.given} {problem.reason}" if problem.given else problem.reason[:1].upper() + problem.reason[1:]
    return f"{text}.{f' Did you mean {problem.nearest}?' if problem.nearest else ''}"


def _gone(images: Sequence[Any]) -> Iterator[Problem]:
    for one in images:
        if isinstance(one, GonePicture):
            yield Problem(IMAGES, brief(one.name), "is not here any more: take it out, or add it again")


def _metadata(text: str) -> tuple[Mapping[str, Any] | None, list[Problem]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found, []
    return None, [Problem(METADATA, "", 'takes an object in JSON, such as {"for": "cover"}')]
