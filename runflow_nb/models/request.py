"""A validated request, its canonical form and its recipe. Pure: pictures are taken as given and hashed elsewhere."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from ..errors import InvalidRequest, Problem
from .catalog import DEFAULT_MODEL, SHORT_NAMES, UnknownModel, find_model
from .declared import open_field
from .nearest import nearest
from .price import Estimate, estimate
from .spec import PICTURES, Field, ModelSpec, Value
from .validate import MISSING, WORDS, brief, check

RECIPE_VERSION = "sha256:1:"
"""Algorithm and version of the digest. A changed digest means paying again: golden digests are pinned by a test."""
NOT_IN_RECIPE = frozenset({"seed", "sync_mode"})
CALLBACK_MAXIMUM = 2048
INLINE = re.compile(r"data:[\w.+-]+/[\w.+-]+[;,]", re.ASCII | re.IGNORECASE)
LONGEST_INLINE = 4096
"""Characters of a `data:` address in a field that takes text."""
SWITCHED = frozenset({"yes", "no", "on", "off", "true", "false"})


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A model's input, validated as a whole, with what goes beside it. Nothing is sent yet."""

    spec: ModelSpec
    input: Mapping[str, Value]
    """What the user gave, in canonical values, without pictures; the asked seed is in it where one was asked."""
    images: tuple[Any, ...] = ()
    """Pictures as given: paths, URLs, bytes, PIL images, arrays, images of earlier runs."""
    callback_url: str | None = None
    metadata: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()

    @property
    def prompt(self) -> str:
        """ "" of a model that takes none."""
        return str(self.input.get("prompt", ""))

    @property
    def seed(self) -> int | None:
        """The seed that was asked for; None also for a text that a model takes in its place."""
        return _whole_seed(self.input.get("seed"))

    @property
    def draws_seed(self) -> bool:
        """Whether a seed is drawn for it: none was asked for, and the model takes one."""
        field = self.spec.field("seed")
        return self.seed is None and self.spec.typed and field is not None and field.type == "integer"

    def with_pictures(self, pictures: Sequence[str]) -> dict[str, Any]:
        """The field that pictures go into, with these in it, as the model takes it; empty where it takes none."""
        field = self.spec.image_field
        if field is None or (self.spec.declared and not pictures):
            return {}
        return {field.name: pictures[0] if field.type == "image" else list(pictures)}

    @property
    def sync_mode(self) -> bool:
        """Also of a model that takes it as a text."""
        return WORDS.get(_as_text(self.input.get("sync_mode", False)).casefold(), False)

    @property
    def price(self) -> Estimate:
        return estimate(self.spec, self.input)

    def recipe(self, image_digests: Sequence[str]) -> str:
        """The digest of what decides the picture, the seed left out. `image_digests`: `sha256:...` or `url:...`."""
        return recipe(self.spec, self.input, image_digests)


def build_request(
    model: str | None,
    fields: Mapping[str, Any],
    images: Sequence[Any] = (),
    callback_url: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> RunRequest:
    """Validate as a whole. Fields given as None count as left out.

    Raises InvalidRequest with every problem there is, each with the nearest valid value.
    """
    name = str(model or DEFAULT_MODEL)
    given = {key: value for key, value in fields.items() if value is not None}
    problems: list[Problem] = []
    try:
        spec = find_model(name, bool(images))
    except UnknownModel as unknown:
        short = "" if unknown.nearest else f"; short names are {' and '.join(SHORT_NAMES)}"
        listed = ", nor known from the API's list" if "/" in name else ""
        problems.append(Problem("model", brief(name), f"is not a model of the catalog{listed}{short}", unknown.nearest))
        # The rest is held against the model that was probably meant, so that all problems come at once.
        spec = find_model(unknown.nearest or DEFAULT_MODEL, bool(images))
    warnings: list[str] = []
    values: dict[str, Value] = {}
    for key, value in given.items():
        field = open_field(spec, key)
        if field is None or field == spec.image_field or (field.type in PICTURES and not spec.declared):
            problems.append(_not_a_field(spec, key, value))
            continue
        if not spec.typed and spec.field(key) is None and _is_json(value):
            # What Python says is a number goes out as one.
            values[key] = value
            continue
        canonical, problem, warning = check(spec, field, value)
        if problem := problem or _inline(spec, key, canonical):
            problems.append(problem)
        elif canonical is not None:
            values[key] = canonical
        if warning:
            warnings.append(warning)
    problems += _missing(spec, given)
    if not any(problem.subject == "model" for problem in problems):
        problems += _images(spec, images)
    problems += _callback(callback_url) + _metadata(metadata)
    if problems:
        raise InvalidRequest(problems)
    return RunRequest(spec, values, tuple(images), callback_url, metadata, tuple(warnings))


def _is_json(value: object) -> TypeGuard[Value]:
    """Whether it is a number or a truth value that JSON can carry."""
    return isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))


def _inline(spec: ModelSpec, key: str, value: object) -> Problem | None:
    """A whole file in a text: journal and notebook would hold it for ever."""
    if not isinstance(value, str) or len(value) <= LONGEST_INLINE or not INLINE.match(value):
        return None
    only = f"; pictures of {spec.image_field.name} may be given as images" if spec.image_field else ""
    return Problem(key, brief(value), f"is a whole file: give an https or runflow:// address of it{only}")


def _not_a_field(spec: ModelSpec, key: str, value: object) -> Problem:
    if spec.image_field is not None and spec.image_field.name == key:
        return Problem(key, brief(value), "takes pictures: give them as images")
    names = [f.name for f in spec.fields if f.type not in PICTURES]
    if key == "prompt" and spec.declared:
        texts = ", ".join(f.option for f in spec.fields if f.type == "string") or "none"
        return Problem(key, brief(value), f"is no field of {spec.id}; its texts are {texts}")
    return Problem(key, brief(value), f"is no field of {spec.id}", nearest(key, names))


def _missing(spec: ModelSpec, given: Mapping[str, Any]) -> list[Problem]:
    def absent(field: Field) -> bool:
        return field.required and field != spec.image_field and field.name not in given

    return [Problem(f.name, "", MISSING.get(f.name, "is missing")) for f in spec.fields if absent(f)]


def _images(spec: ModelSpec, images: Sequence[Any]) -> list[Problem]:
    field = spec.image_field
    if images and field is None:
        return [Problem("model", spec.id, "takes no pictures", spec.sibling)]
    if spec.edits and not images:
        otherwise = f": {spec.id} edits pictures; from text alone use {spec.sibling}" if spec.sibling else ""
        return [Problem("images", "", f"are missing{otherwise}")]
    if field is not None and field.type == "image" and len(images) > 1:
        return [Problem("images", str(len(images)), f"{spec.id} takes one picture")]
    return []


def _callback(url: str | None) -> list[Problem]:
    if url is None:
        return []
    if not isinstance(url, str) or not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
        return [Problem("callback_url", brief(url), "takes an http or https address")]
    if len(url) > CALLBACK_MAXIMUM:
        return [Problem("callback_url", brief(url), f"has {len(url):,} characters; {CALLBACK_MAXIMUM:,} are allowed")]
    return []


def _metadata(metadata: Mapping[str, Any] | None) -> list[Problem]:
    if metadata is None:
        return []
    try:
        if isinstance(json.loads(json.dumps(dict(metadata), allow_nan=False)), dict):
            return []
    except (TypeError, ValueError) as reason:
        return [Problem("metadata", brief(metadata), f"takes an object that JSON can carry: {reason}")]
    return []


def canonical(spec: ModelSpec, values: Mapping[str, Value], image_digests: Sequence[str]) -> dict[str, Any]:
    """What decides the picture: fields at a *published* default left out, pictures as digests, no seed."""

    def decides(name: str, value: Value) -> bool:
        field = spec.field(name)
        if name in NOT_IN_RECIPE:
            return name == "seed" and _whole_seed(value) is None
        if field is None:
            return spec.declared
        return not (field.published("default") and field.default is not None and value == field.default)

    body: dict[str, Any] = {name: value for name, value in values.items() if decides(name, value)}
    if spec.declared:
        # Whether or not it is known what the model takes, and however that is declared one day: the same request.
        told = {name: value if spec.typed or name == "prompt" else _folded(value) for name, value in body.items()}
        body = {name: _as_text(value) for name, value in told.items()}
        return {"model": spec.id, "input": body, "images": list(image_digests)}
    if image_digests and spec.image_field is not None:
        body[spec.image_field.name] = list(image_digests)
    return {"model": spec.id, "input": body}


def _whole_seed(value: Value | None) -> int | None:
    text = str(value).strip()
    return int(text) if re.fullmatch(r"[+-]?\d{1,30}", text, re.ASCII) else None


def _folded(value: Value) -> Value:
    """A value as it would be read were it known to be a number or a switch: `7.0` is 7, `on` is true."""
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"[+-]?\d{1,15}\.\d{1,15}", value, re.ASCII):
        return float(value)
    return WORDS[value.casefold()] if value.casefold() in SWITCHED else value


def _as_text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def recipe(spec: ModelSpec, values: Mapping[str, Value], image_digests: Sequence[str]) -> str:
    """The digest of the canonical form, with algorithm and version in its text."""
    text = json.dumps(canonical(spec, values, image_digests), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return RECIPE_VERSION + hashlib.sha256(text.encode()).hexdigest()
