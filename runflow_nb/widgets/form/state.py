"""What a form says, and what it asks for. Pure: a frozen state, and functions from one to the next."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from ...errors import InvalidRequest, Problem
from ...models.catalog import CATALOG, DEFAULT_MODEL, UnknownModel, find_model
from ...models.request import RunRequest, build_request
from ...models.spec import Field, ModelSpec, Value
from ...models.validate import brief, check
from ...record.run import Run
from .controls import CALLBACK, IMAGES, METADATA, SEED, TAGS

MODEL = "model"
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
    """A full id of the catalog."""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    """What is said: fields of the model, and `callback_url`, `metadata` and `tags` as typed. Never the seed."""
    images: tuple[Any, ...] = ()
    """Pictures as `RunRequest` takes them."""
    seed: SeedChoice = SeedChoice()

    @property
    def spec(self) -> ModelSpec:
        return CATALOG[self.model]

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
        raise InvalidRequest([Problem(MODEL, name, "is not a model of the catalog", unknown.nearest)]) from None
    said = {key: _as_typed(key, value) for key, value in fields.items() if value is not None}
    seed = said.pop(SEED, None)
    state = FormState(spec.id, seed=SeedChoice() if seed is None else SeedChoice("fixed", seed))
    for key, value in said.items():
        state = changed(state, key, value)
    return with_images(state, images)


def _as_typed(key: str, value: Any) -> Value:
    if key == METADATA and isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False, default=str)
    if key == TAGS and isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return value if isinstance(value, str | int) else str(value)


def changed(state: FormState, name: str, value: Value | None) -> FormState:
    """With this field set; with None, "" or the published default nothing is said for it."""
    values = {key: other for key, other in state.values.items() if key != name}
    if value is not None and value != "":
        known = state.spec.field(name)
        value = value if known is None else _canonical(state.spec, known, value)
        # The request is the same without a default that a page states.
        if known is None or value != known.default or not known.published("default"):
            values[name] = value
    return replace(state, values=MappingProxyType(values))


def _canonical(spec: ModelSpec, known: Field, value: Value) -> Value:
    """The value as the API spells it; free text, and what cannot be used, as it was typed."""
    if known.type == "string" and not known.allowed:
        return value
    found, _, _ = check(spec, known, value)
    return value if found is None else found


def with_images(state: FormState, images: Sequence[Any]) -> FormState:
    """With these pictures; a model that takes none gives way to its variant that does."""
    if images and not state.spec.edits and state.spec.sibling:
        state, _ = with_model(state, state.spec.sibling)
    return replace(state, images=tuple(images))


def with_model(state: FormState, model: str) -> tuple[FormState, tuple[str, ...]]:
    """The same with another model, and what of it does not fit there, each as a text for people."""
    spec = CATALOG[model]
    kept, dropped = FormState(model, seed=state.seed), []
    for name, value in state.values.items():
        if name not in BESIDE_INPUT and (reason := _unfit(spec, name, value)):
            dropped.append(f"{name} {brief(value)}: {reason}")
        else:
            kept = changed(kept, name, value)
    if state.images and not spec.edits:
        count = len(state.images)
        dropped.append(f"{count} picture{'s' if count != 1 else ''} to edit")
    return replace(kept, images=state.images if spec.edits else ()), tuple(dropped)


def _unfit(spec: ModelSpec, name: str, value: Value) -> str | None:
    """Why this value is nothing for the model; a prompt stays, whatever is wrong with it."""
    known = spec.field(name)
    if known is None or known.type == "image_list":
        return f"is no field of {spec.id}"
    if known.required:
        return None
    _, problem, doubt = check(spec, known, value)
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

    A run of a model that is not in the catalog is taken to the default one as far as it fits.
    """
    model = run.model if run.model in CATALOG else find_model(DEFAULT_MODEL, bool(run.pictures)).id
    asked = run.seeds.asked
    state = FormState(model, seed=SeedChoice() if asked is None else SeedChoice("fixed", asked))
    beside = {CALLBACK: run.callback_url, METADATA: run.metadata}
    for name, value in {**run.input, **beside}.items():
        known = state.spec.field(name)
        if value is None or name == SEED or (known is not None and known.type == "image_list"):
            continue
        if known is not None or name in BESIDE_INPUT:
            state = changed(state, name, _as_typed(name, value))
    return with_images(state, [_found(known, find) for known in run.pictures])


def _found(known: Mapping[str, Any], find: Find) -> Any:
    picture = find(known)
    return GonePicture(str(known.get("typed") or known.get("name") or "")) if picture is None else picture


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
