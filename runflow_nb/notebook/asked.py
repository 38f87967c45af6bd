"""From the text of a cell to a request, with every problem of options, templates and models in one error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .. import settings
from ..errors import InvalidRequest, Problem
from ..models.defaults import build_with_defaults
from ..models.request import RunRequest
from ..models.spec import Value
from ..models.validate import brief
from .cell.options import CellOptions, hint, read
from .cell.prompt import TemplateFault, is_template, render
from .cell.typed import Typed, spelled
from .references.runs import NotFound
from .saving import Destination
from .saving import problems as destination_problems

NO_DEFAULTS: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Asked:
    """What one cell asks for."""

    options: CellOptions
    request: RunRequest
    prompt_template: str | None
    """The prompt as typed, where it was rendered."""
    destination: Destination | None
    """Where the originals are to be copied to."""


FindPictures = Callable[[str], Sequence[Any]]


def as_typed(text: str) -> Sequence[Any]:
    """A word of `--image` where nobody looks for what it stands for."""
    return (text,)


def ask(
    typed: Typed,
    names: Mapping[str, Any],
    model: str | None = None,
    defaults: Mapping[str, Value] = NO_DEFAULTS,
    find_pictures: FindPictures = as_typed,
) -> Asked:
    """Read, render and validate. `names`: what templates may name; `model`: the one that the magic names; `defaults`:
    what is set for what the cell does not say; `find_pictures`: what a word of `--image` stands for, or NotFound.

    Raises InvalidRequest with all problems there are, in the spelling of options.
    """
    raw = typed.given("--raw")
    options, problems = read(typed, str if raw else lambda text: render(text, names))
    if model is not None and options.model is not None:
        problems.append(Problem("--model", brief(options.model), f"is left over: %%runflow names {model}"))
    fields: dict[str, Any] = dict(options.fields)
    prompt, fault = typed.prompt, None
    if prompt and "prompt" in fields:
        fault = Problem("--prompt", "", "is given twice: as an option and as text")
    elif prompt:
        try:
            fields["prompt"] = prompt if raw else render(prompt, names)
        except TemplateFault as template_fault:
            # The models then judge everything else by the text as typed.
            fields["prompt"] = prompt
            reason = template_fault.located(typed.prompt_line)
            fault = Problem("prompt", "", reason, template_fault.nearest)
    if fault:
        problems.append(fault)
    request = None
    images: list[Any] = []
    for text in options.images:
        try:
            images += find_pictures(text)
        except NotFound as reason:
            problems += spelled([Problem("images", brief(text), str(reason), reason.nearest)], typed)
    try:
        request = build_with_defaults(
            defaults,
            model or options.model,
            fields,
            images,
            options.callback_url,
            options.metadata,
            named=settings.spelled,
        )
    except InvalidRequest as invalid:
        problems += [p for p in spelled(invalid.problems, typed) if not _follows(p, problems, typed)]
    destination = None if options.save is None else Destination(options.save, options.overwrite, options.embed)
    if request is not None and destination is not None:
        problems += spelled(destination_problems(destination, request), typed)
    if problems or request is None:
        raise InvalidRequest(problems, "option", hint(model or options.model))
    template = prompt if is_template(prompt) and not raw else None
    return Asked(options, request, template, destination)


def _follows(problem: Problem, earlier: list[Problem], typed: Typed) -> bool:
    """Whether this is only what an earlier problem leads to: what could not be read seems to be missing."""
    swallowed = any(
        word.unclosed or (word.value and typed.table.resolve(word.name) is None) for word in typed.split.words
    )
    return (problem.subject == "prompt" and swallowed) or any(problem.subject == other.subject for other in earlier)
