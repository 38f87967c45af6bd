"""What of the list of models can be set, where no page says how it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from ...models.nearest import nearest
from .vocabulary import VOCABULARIES

CHOICES: dict[str, tuple[str, ...]] = {
    "listing": ("whole", "brief"),
    "vocabulary": tuple(VOCABULARIES),
    "deep_ids": ("path", "uuid"),
    "slug": ("id", "name"),
}
"""Switches that take one of a few words; the first is the default."""


class BadModelSwitch(ValueError):
    """A switch of the list of models cannot be set so; the text says why."""


@dataclass(frozen=True, slots=True)
class ModelSwitches:
    """How models are told of. Raises BadModelSwitch for a value that makes no sense."""

    page: int = 50
    """Models on a page where the query has no `limit`; no page of the docs gives a number."""
    listing: str = "whole"
    """Whether the models of a listing are told with `inputs` and `outputs`; `brief`: only a model read by itself is."""
    vocabulary: str = "pages"
    """Which words stand for types and validators: those of the model `pages`, or `other` ones."""
    deep_ids: str = "path"
    """Whether a model of three and more segments is read by its slash `path` (and its UUID), or by its `uuid` alone."""
    slug: str = "id"
    """Whether `slug` is the whole `id`, or the `name` after the owner, whom `model_creator_id` then tells."""

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise BadModelSwitch(f"{name} takes {' or '.join(choices)}, not {getattr(self, name)}")
        if not 1 <= self.page <= 500:
            raise BadModelSwitch("page takes 1 to 500")


def read_model_switches(words: Iterable[str]) -> ModelSwitches:
    """From words such as `page=2` and `vocabulary=other`. Raises BadModelSwitch."""
    known = [each.name for each in fields(ModelSwitches)]
    given: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if name not in known or not equals:
            meant = nearest(name, known)
            raise BadModelSwitch(f"{name} is no switch of models" + (f"; did you mean {meant}=?" if meant else ""))
        given[name] = value if name in CHOICES else int(value) if value.isdecimal() else 0
    return ModelSwitches(**given)


def guide() -> str:
    """Each switch with what it takes, its default first."""
    taken = {"page": str(ModelSwitches().page), **{name: "|".join(choices) for name, choices in CHOICES.items()}}
    return ", ".join(f"{name}={value}" for name, value in taken.items())
