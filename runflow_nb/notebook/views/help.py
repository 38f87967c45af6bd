"""Help of the magics, generated from the specs: options as a person thinks of them, with default, range and price."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from ... import settings
from ...models.catalog import CATALOG, DEFAULT_MODEL, SHORT_NAMES
from ...models.spec import Field, ModelSpec
from ...money import usd
from ..cell.option_table import GROUPS, MODEL, Group, Option, table_of
from .model_names import names, short_name

WIDTH = 80
TITLES: dict[Group, str] = {
    "picture": "Picture",
    "price": "Price",
    "input": "Input",
    "keeping": "Keeping and showing",
}
HEAD = """\
A picture from words, bought once: run again, the cell shows it for nothing.

  %nanobanana [options] prompt  the rest of the line, as typed; -- ends options
  %%nanobanana [options]        the lines below are the prompt

{{ name }} and {% ... %} in the prompt are filled in from the notebook's names.
"""
UNPRICED = "Its price is not known here: a run needs --yes or --max-cost, and says afterwards what it cost."
INDENT = 30
Having = list[tuple[ModelSpec, Field]]
"""The models that have a field, each with its own row of it."""


def help_text(spec: ModelSpec | None = None) -> str:
    """The whole help, plain text of at most 80 columns: what a narrow notebook or a terminal holds. `spec`: the model
    outside of the catalog that it is for."""
    parts = [HEAD] if spec is None else [_head(spec)]
    specs = tuple(CATALOG.values()) if spec is None else (spec,)
    for group, title in TITLES.items():
        options = [option for option in table_of(spec).options if option.group == group]
        if spec is not None:
            options = [option for option in options if option != MODEL]
        rows = [row for option in options for row in _rows(option, specs)]
        parts += ["\n".join([title, *rows, ""])] if rows else []
    if spec is None:
        parts.append("\n".join(["Models", *_models(), ""]))
    parts.append("Switches off: --no-NAME or --NAME=false. Others: --NAME VALUE or --NAME=VALUE.")
    return "\n".join(parts)


def _head(spec: ModelSpec) -> str:
    """What is known of a model outside of the catalog."""
    told = " ".join(filter(None, [f"{spec.name}.", spec.description]))
    price = f"Its price is not known here; the API says: {spec.price_words}." if spec.price_words else UNPRICED
    known = [] if spec.typed else ["What it takes is not known: any --name VALUE is sent as text, and the API judges."]
    lines = [line for text in (told, *known, price) for line in [*textwrap.wrap(text, WIDTH), ""]]
    return "\n".join([*lines, f"  %%runflow {spec.id} [options]", "  the lines below are the prompt", ""])


def _rows(option: Option, specs: Sequence[ModelSpec]) -> Iterator[str]:
    head = f"  {option.short + ', ' if option.short else ''}{option.name} {option.metavar}".rstrip()
    said = " ".join(filter(None, [option.help.rstrip(".") + ".", *_facts(option, specs)]))
    lines = textwrap.wrap(said, WIDTH - INDENT, break_on_hyphens=False)
    if len(head) >= INDENT - 1:
        yield head
        head = ""
    for line in lines:
        yield f"{head.ljust(INDENT)}{line}"
        head = ""


def _facts(option: Option, specs: Sequence[ModelSpec]) -> Iterator[str]:
    if option.name == "--model":
        yield f"Default {DEFAULT_MODEL}{_here('model')}."
    if option.name == "--take":
        yield "Default 1."
    if option.field is None:
        return
    having = [(spec, field) for spec in specs if (field := spec.field(option.field)) is not None]
    first = having[0][1]
    yield from _values(having)
    if first.default is not None:
        yield f"{_default(having)}{_here(first.name)}."
    yield from _price(first, having)
    if first.required and having[0][0].declared:
        yield "Required."
    if len(having) < len(specs) and GROUPS.get(first.name) != "input":
        yield f"Only with {names([spec for spec, _ in having])}."


def _values(having: Having) -> Iterator[str]:
    field = having[0][1]
    if field.allowed:
        yield "One of " + ", ".join(field.allowed) + "."
    elif field.minimum is not None and field.maximum is not None:
        unit = " characters" if field.type == "string" else ""
        yield f"{field.minimum:,} to {field.maximum:,}{unit}."
    without = [(value, [spec for spec, other in having if value not in other.allowed]) for value in field.allowed]
    missing = [(value, names(specs)) for value, specs in without if specs]
    for lacking in dict.fromkeys(who for _, who in missing):
        yield f"Not {', '.join(value for value, who in missing if who == lacking)} with {lacking}."


def _default(having: Having) -> str:
    first = having[0][1].default
    others = [f"{_word(f.default)} with {names([s])}" for s, f in having if f.default not in (first, None)]
    return f"Default {'; '.join([_word(first), *others])}"


def _here(name: str) -> str:
    """What is set for what a request does not say, as it was set."""
    found = settings.where(name).shown.strip() if name in settings.DEFAULTS else ""
    return f" (here {found}, {settings.spelled(name)})" if found else ""


def _price(first: Field, having: Having) -> Iterator[str]:
    for value, amount in first.surcharges:
        yield f"{'' if value is True else f'{value}: '}+{usd(amount)} an image."
    if first.name == "resolution":
        yield "An image costs " + "; ".join(_tiers(spec) for spec, _ in having if not spec.edits) + "."


def _tiers(spec: ModelSpec) -> str:
    prices = [
        f"{'' if tier in spec.listed_price.exact_tiers else 'about '}{usd(spec.listed_price.base * multiple)} at {tier}"
        for tier, multiple in spec.listed_price.tiers.items()
    ]
    model = "" if SHORT_NAMES[DEFAULT_MODEL] == spec.id else f"with {short_name(spec)} "
    return model + ", ".join(prices)


def _models() -> Iterator[str]:
    for short, model in SHORT_NAMES.items():
        spec = CATALOG[model]
        price = spec.listed_price
        yield f"  {short.ljust(INDENT - 2)}{spec.id}, {usd(price.base)} an image at {price.default_tier}"
        yield f"  {''.ljust(INDENT - 2)}{spec.sibling} with pictures"


def _word(value: object) -> str:
    return ("off", "on")[value] if isinstance(value, bool) else str(value)
