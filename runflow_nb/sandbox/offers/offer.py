"""One model of the sandbox, and what goes into a run of it and comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

from ...models.spec import PICTURES, Field, ModelSpec

Values = Mapping[str, Any]
"""An input that was judged."""
Kind = Literal["image", "video", "audio"]


@dataclass(frozen=True, slots=True)
class Made:
    """One artifact of a run, ready to be written."""

    data: bytes
    suffix: str
    """Of its file, without the dot."""
    mime: str
    kind: Kind
    width: int | None = None
    height: int | None = None
    """Pixels, of what can be seen."""
    duration: float | None = None
    """Seconds, of what takes time."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is made from. Two equal orders make the same bytes."""

    spec: ModelSpec
    input: Values
    seed: int
    pictures: tuple[bytes, ...] = ()
    """The files given, in the order of the fields and their entries."""
    mark: str = ""
    """What the ribbon says beside the sandbox's name and the seed."""

    def value(self, name: str) -> Any:
        """What was given, else the default; None where there is neither."""
        return value_of(self.spec, self.input, name)


@dataclass(frozen=True, slots=True)
class Work:
    """How a run is made: one task an artifact, each able to run in a thread of its own."""

    tasks: tuple[Callable[[], Made], ...]
    description: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One model."""

    spec: ModelSpec
    category: str
    price_label: str
    pricing_note: str
    price: Callable[[Values], Decimal]
    """USD for a whole run of this input."""
    plan: Callable[[Order], Work]
    """Raises Unreadable where the pictures given cannot be used."""
    type_codes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Field -> its `variable_type_code`, where that is no word for its type."""

    @property
    def owner(self) -> str:
        """The first segment of its id."""
        return self.spec.id.partition("/")[0]

    def count(self, given: Values) -> int:
        """How many artifacts a run of this input has."""
        counting = next((each for each in self.spec.fields if each.counts_images), None)
        return int(value_of(self.spec, given, counting.name)) if counting else 1


@dataclass(frozen=True, slots=True)
class PictureInput:
    """One picture of an input, by its address."""

    loc: tuple[str | int, ...]
    url: str


def pictures_in(spec: ModelSpec, given: Values) -> list[PictureInput]:
    """Every picture of an input that was judged, in the order of the fields."""
    return [found for each in spec.fields if each.type in PICTURES for found in _entries(each, given.get(each.name))]


def value_of(spec: ModelSpec, given: Values, name: str) -> Any:
    """What was given for a field, else its default, else None."""
    known = spec.field(name)
    return given.get(name, known.default if known else None)


def _entries(known: Field, value: Any) -> list[PictureInput]:
    loc = ("body", "input", known.name)
    if isinstance(value, list):
        return [PictureInput((*loc, i), entry) for i, entry in enumerate(value)]
    return [] if value is None else [PictureInput(loc, value)]
