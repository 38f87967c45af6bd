"""The cell that makes a run's request: `%%nanobanana`, its options, and the prompt below. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from ...models.catalog import CATALOG, DEFAULT_MODEL, SHORT_NAMES, find_model
from ...models.declared import FIELD, MODEL_ID
from ...models.defaults import MODEL
from ...models.spec import Field, ModelSpec, Value
from ...models.validate import brief
from ...record.run import Run, Seeds
from .option_table import IMAGE, OURS, SHORT, option_of
from .option_table import MODEL as MODEL_OPTION
from .prompt import is_template
from .typed import table_for

PLAIN = re.compile(r"[\w.:/~+@,%=#][\w.:/~+@,%=#-]*(\[-?\d+\])?")
"""Values that stand on a line as they are; others are quoted."""
ESCAPED = re.compile(r'[\\"]')


RESERVED = frozenset(spelling for option in (MODEL_OPTION, *OURS) for spelling in option.spellings) | {IMAGE}
"""Options that are no field of any model, and the one that attaches a picture."""
NEGATED = "--no-"


class Requested(Protocol):
    """What was asked for: of a run on record, or by the recipe in a picture."""

    @property
    def model(self) -> str: ...
    @property
    def input(self) -> Mapping[str, Any]: ...
    @property
    def prompt(self) -> str: ...
    @property
    def picture_field(self) -> str | None: ...
    @property
    def seeds(self) -> Seeds: ...
    @property
    def take(self) -> int: ...


class NoCell(ValueError):
    """No cell can be written for this run; the text says why."""


def cell_text(run: Requested, pictures: Sequence[str], defaults: Mapping[str, Value]) -> str:
    """The whole cell. It asks for the same recipe, seed and take; how it was shown, labelled and saved is left out.

    `pictures`: the word for each picture that went in. `defaults`: the settings that count where a cell says nothing;
    what the run did not have is said where one of them would put it in. Raises NoCell.
    """
    spec = CATALOG.get(run.model)
    if (isinstance(run, Run) and run.forgotten) or (spec is not None and not run.prompt):
        raise NoCell("has no prompt any more: it was forgotten")
    words = list(_declared(run, pictures) if spec is None else _options(run, spec, pictures, defaults))
    if is_template(run.prompt) or any(is_template(word) for word in words):
        words.append("--raw")
    if spec is None:
        mark = "%%runflow" if run.prompt else "%runflow"  # a cell magic needs a body
        return "\n".join(filter(None, [" ".join([mark, run.model, *words]), run.prompt]))
    return "\n".join([" ".join(["%%nanobanana", *words]), run.prompt])


def _declared(run: Requested, pictures: Sequence[str]) -> Iterator[str]:
    """The options of a cell with a model outside of the catalog, by what was sent: what it takes need not be known."""
    if not MODEL_ID.fullmatch(run.model):
        raise NoCell(f"is of {brief(run.model)}, which is no model")
    table = table_for(run.model)
    for name, value in run.input.items():
        if name in ("prompt", "seed", run.picture_field):
            continue
        option = f"--{name.replace('_', '-')}"
        if not FIELD.fullmatch(name) or option in RESERVED or option.startswith(NEGATED) or value == "":
            raise NoCell(f"was asked for with {brief(name)}, which no option can say")
        if (found := table.by_spelling.get(option)) is not None and found.name == IMAGE:
            raise NoCell(f"was asked for with {brief(name)} as text, which a cell takes for a picture")
        if isinstance(value, bool):
            yield option if value else f"{NEGATED}{option.removeprefix('--')}"
        elif isinstance(value, str | int | float):
            yield f"{option} {quoted(str(value))}"
        else:
            raise NoCell(f"was asked for with {name} = {type(value).__name__}, which no option can say")
    yield from _placed(run, pictures)


def _placed(run: Requested, pictures: Sequence[str]) -> Iterator[str]:
    """What every model is told in the same way."""
    for word in pictures:
        yield f"{SHORT['image_urls']} {quoted(word)}"
    if run.seeds.asked is not None:
        yield f"-s {run.seeds.asked}"
    if run.take != 1:
        yield f"--take {run.take}"


def _options(run: Requested, spec: ModelSpec, pictures: Sequence[str], defaults: Mapping[str, Value]) -> Iterator[str]:
    if (name := _model(spec, bool(pictures), MODEL in defaults)) is not None:
        yield f"-m {name}"
    for field in spec.fields:
        value = run.input.get(field.name)
        if field.type == "image_list" or field.name in ("prompt", "seed"):
            continue
        if value is None and field.name in defaults:
            value = _published(field, defaults[field.name])
        if value is not None:
            yield _option(field, value)
    yield from _placed(run, pictures)


def _model(spec: ModelSpec, edits: bool, set_otherwise: bool) -> str | None:
    """What `-m` has to say for this model; None where nothing need be said."""
    if not set_otherwise and find_model(DEFAULT_MODEL, edits) is spec:
        return None
    return next((name for name in SHORT_NAMES if find_model(name, edits) is spec), spec.id)


def _published(field: Field, default: Value) -> Value | None:
    """What the API takes where nothing is said: said here, so that the setting does not count. Raises NoCell."""
    if field.published("default") and field.default is not None:
        return field.default
    reason = f"was asked for without {field.option}, and the setting {field.name} = {default} would put it in"
    raise NoCell(f"{reason}: unset it with %runflow config {field.name}=")


def _option(field: Field, value: Value) -> str:
    option = option_of(field)
    if option.kind == "switch":
        return option.name if value else f"{NEGATED}{option.name.removeprefix('--')}"
    return f"{option.short or option.name} {quoted(str(value))}"


def quoted(value: str) -> str:
    """The value as it stands on the line of a magic. Raises NoCell for one that is no part of a line."""
    if PLAIN.fullmatch(value):
        return value
    if len(f"{value}.".splitlines()) > 1:
        raise NoCell(f"was asked for with a value of several lines ({brief(value)}), which no option can say")
    return '"' + ESCAPED.sub(r"\\\g<0>", value) + '"'
