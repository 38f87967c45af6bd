"""The catalog as two tables, from the specs alone: what a picture costs by model and size, and what the models take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from ...models.catalog import CATALOG
from ...models.spec import Field, ModelSpec, Value
from ...money import usd
from ...plain import shortened
from ..cell.option_table import fields_of, option_of
from .model_names import names, short_name
from .tables import Table

FREE = frozenset({"prompt", "seed", "image_urls"})
"""Fields that take anything of their kind, with every model that has them."""
WRAPPED = frozenset({"price", "what it is"})
DESCRIBED = 120
"""Characters of a description that a table has room for."""
OTHERS = (
    "%%runflow MODEL runs one of these; %runflow MODEL --help says what it takes. What it costs is said afterwards."
)
PRICED = "about: an estimate, where Runflow publishes no price."


def models_table() -> Table:
    """A row for each model: its short name and id, what pictures are made from, and what one costs."""
    rows = tuple(
        (short_name(spec), spec.id, "text + pictures" if spec.edits else "text", _base_price(spec))
        for spec in CATALOG.values()
    )
    return Table(("-m", "model", "from", "one picture"), rows)


def fields_table() -> Table:
    """A row for each field and each set of models that takes the same of it at the same price."""
    rows = [row for field in fields_of(CATALOG.values()) if field.name not in FREE for row in _rows(field)]
    return Table(("option", "takes", "with"), tuple(rows), wrapped=frozenset({"takes"}), remark=PRICED)


def others_table(specs: Sequence[ModelSpec], dates: Mapping[str, date]) -> Table:
    """A row for each model outside of the catalog. `dates`: the day on which a store was told of a model."""
    known = {spec.id: spec for spec in specs}
    rows = [_other(model, known.get(model), dates.get(model)) for model in sorted({*known, *dates})]
    return Table(("model", "from", "price", "read on", "what it is"), tuple(rows), wrapped=WRAPPED, remark=OTHERS)


def _other(model: str, spec: ModelSpec | None, day: date | None) -> tuple[str, str, str, str, str]:
    read_on = "" if day is None else day.isoformat()
    if spec is None:
        return model, "", "", read_on, ""
    text = "text" if spec.field("prompt") is not None else ""
    pictures = "pictures" if spec.image_field is not None else ""
    made_from = " + ".join(filter(None, [text, pictures])) if spec.typed else ""
    return model, made_from, spec.price_words or "unknown", read_on, shortened(spec.description, DESCRIBED)


def _base_price(spec: ModelSpec) -> str:
    return f"{_price(spec, spec.listed_price.default_tier)} at {spec.listed_price.default_tier}"


def _price(spec: ModelSpec, tier: str) -> str:
    amount = usd(spec.listed_price.base * spec.listed_price.tiers[tier])
    return amount if tier in spec.listed_price.exact_tiers else f"about {amount}"


def _rows(first: Field) -> Iterator[tuple[str, str, str]]:
    option = option_of(first)
    spelled = ", ".join(filter(None, [option.short, option.name]))
    taken = {
        spec.id: _values(spec, field) for spec in CATALOG.values() if (field := spec.field(first.name)) is not None
    }
    by_models: dict[tuple[str, ...], list[str]] = {}
    for text in dict.fromkeys(text for texts in taken.values() for text in texts):
        by_models.setdefault(tuple(model for model, texts in taken.items() if text in texts), []).append(text)
    for models, texts in by_models.items():
        yield spelled, ", ".join(texts), _who(models)
        spelled = ""


def _values(spec: ModelSpec, field: Field) -> list[str]:
    """What the field takes, each with what it does to the price of a picture."""
    if field.name == "resolution":
        return [f"{tier} ({_price(spec, tier)})" if tier in spec.listed_price.tiers else tier for tier in field.allowed]
    if field.type == "boolean":
        return [f"on{_extra(field, True)}"] if field.surcharges else ["on, off"]
    if field.allowed:
        return [f"{value}{_extra(field, value)}" for value in field.allowed]
    return [f"{field.minimum:,} to {field.maximum:,}{', each billed' if field.counts_images else ''}"]


def _extra(field: Field, value: Value) -> str:
    amount = field.surcharge(value)
    about = "" if field.published("surcharge") else "about "
    return f" ({about}+{usd(amount)} a picture)" if amount else ""


def _who(ids: Sequence[str]) -> str:
    return "all" if len(ids) == len(CATALOG) else names([CATALOG[model] for model in ids])
