"""What a model takes and costs, as data: one `ModelSpec` a model, one `Field` an input, one `Price`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Value = str | int | float | bool
FieldType = Literal["string", "integer", "number", "boolean", "image", "image_list"]
PICTURES: frozenset[FieldType] = frozenset({"image", "image_list"})
Fact = Literal["presence", "required", "allowed", "range", "length", "default", "surcharge"]
"""What is said of a field. A fact in `Field.inferred` stands in no published page: it warns, and the server judges."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a model."""

    name: str
    """As the API spells it."""
    type: FieldType
    description: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    """The closed set of texts, in the order they are offered; empty where any value goes."""
    shape: str = ""
    """A regular expression that every value has, listed or not; "" for none."""
    minimum: float | None = None
    """Smallest number, or fewest characters of a string; whole where the type is."""
    maximum: float | None = None
    """Largest number, or most characters of a string."""
    default: Value | None = None
    """What the API takes where the field is left out; None for nothing."""
    surcharges: tuple[tuple[Value, Decimal], ...] = ()
    """(value, USD added to each image)."""
    counts_images: bool = False
    """The number of images is this field's value: its range is enforced even where it is inferred, for it is money."""
    inferred: frozenset[Fact] = frozenset()
    """Which of the facts above no page of Runflow publishes."""

    @property
    def whole_range(self) -> range:
        """The whole numbers that it takes; empty where they have no bounds."""
        if self.type != "integer" or self.minimum is None or self.maximum is None:
            return range(0)
        return range(int(self.minimum), int(self.maximum) + 1)

    def surcharge(self, value: Value) -> Decimal:
        """USD that this value adds to each image."""
        return dict(self.surcharges).get(value, Decimal(0))

    def published(self, fact: Fact) -> bool:
        """Whether Runflow's own pages state this fact."""
        return fact not in self.inferred

    @property
    def option(self) -> str:
        """The field as an option of the magics: `--aspect-ratio`."""
        return "--" + self.name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Price:
    """USD for one image. The published base is the price at the tiers in `exact_tiers`; other tiers are estimates."""

    base: Decimal
    tiers: Mapping[str, Decimal]
    """Resolution -> multiple of the base."""
    exact_tiers: frozenset[str] = frozenset({"1K"})
    default_tier: str = "1K"


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One entry of the catalog."""

    id: str
    """Slash path, e.g. `google/nano-banana-2/edit`."""
    name: str
    description: str
    fields: tuple[Field, ...]
    price: Price | None
    """None where no page states one that can be computed with."""
    sibling: str | None = None
    """The model that makes pictures from text where this one edits, and the other way round."""
    price_words: str = ""
    """What the API says of its price, in its own words; never computed with."""
    declared: bool = False
    """Whether the API's own list declares it, and no page of the catalog: what it takes the server judges."""
    typed: bool = True
    """Whether it is known what it takes. If not, every field is taken as text."""

    @property
    def listed_price(self) -> Price:
        """The published price, of a model that has one. Raises LookupError."""
        if self.price is None:
            raise LookupError(f"no price of {self.id} is published")
        return self.price

    @property
    def edits(self) -> bool:
        """Whether the model works on pictures: it cannot do without."""
        return self.image_field is not None and self.image_field.required

    @property
    def image_field(self) -> Field | None:
        """The field that given pictures go into: the first that needs them, else the first that takes any."""
        takers = [f for f in self.fields if f.type in PICTURES]
        return next((f for f in takers if f.required), takers[0] if takers else None)

    def field(self, name: str) -> Field | None:
        """The field of this name, or None."""
        return next((f for f in self.fields if f.name == name), None)
