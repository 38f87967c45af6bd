"""What of the list of models can be set, where no page says how it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..switching import BadSwitch, Choices, Readers, check_choices, read_words, tell_switches
from .vocabulary import VOCABULARIES

CHOICES: Choices = {
    "listing": ("whole", "brief"),
    "vocabulary": tuple(VOCABULARIES),
    "deep_ids": ("path", "uuid"),
    "slug": ("id", "name"),
}
READERS: Readers = {"page": lambda _, text: int(text) if text.isdecimal() else 0}


@dataclass(frozen=True, slots=True)
class ModelSwitches:
    """How models are told of. Raises BadSwitch for a value that makes no sense."""

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
        check_choices(self, CHOICES)
        if not 1 <= self.page <= 500:
            raise BadSwitch("page takes 1 to 500")


def read_model_switches(words: Iterable[str]) -> ModelSwitches:
    """From words such as `page=2` and `vocabulary=other`. Raises BadSwitch."""
    return ModelSwitches(**read_words("models", words, READERS, CHOICES))


def guide() -> str:
    """Each switch with what it takes, its default first."""
    return tell_switches({"page": str(ModelSwitches().page)}, CHOICES)
