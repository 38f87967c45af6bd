"""The options of the magics: one row for each field of the catalog, taken from the specs, and our own in one table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, cached_property
from typing import Literal

from ...models.catalog import CATALOG
from ...models.nearest import nearest
from ...models.spec import Field, FieldType, ModelSpec
from .words import Takes

Kind = Literal["value", "list", "switch"]
"""value: given once. list: given any number of times. switch: `--x`, `--no-x` or `--x=false`."""
Group = Literal["picture", "price", "input", "keeping"]
"""What a person thinks of when looking for the option."""

SHORT: dict[str, str] = {
    "aspect_ratio": "-a",
    "resolution": "-r",
    "num_images": "-n",
    "seed": "-s",
    "output_format": "-f",
    "image_urls": "-i",
}
GROUPS: dict[str, Group] = {
    "resolution": "price",
    "num_images": "price",
    "enable_web_search": "price",
    "thinking_level": "price",
    "limit_generations": "price",
    "image_urls": "input",
    "prompt": "input",
    "sync_mode": "keeping",
}
"""Fields that are not about how the picture looks."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of the magics."""

    name: str
    """With its dashes: `--aspect-ratio`."""
    kind: Kind
    group: Group
    help: str
    short: str | None = None
    aliases: tuple[str, ...] = ()
    metavar: str = ""
    """What stands for the value in the help."""
    field: str | None = None
    """The API's field that it fills; None for an option of ours."""

    @property
    def spellings(self) -> tuple[str, ...]:
        return (self.name, *self.aliases, *filter(None, [self.short]))


OURS: tuple[Option, ...] = (
    Option("--take", "value", "keeping", "Another picture for the same request, bought once", metavar="N|new"),
    Option("--out", "value", "keeping", "Bind the run to this variable", "-o", metavar="NAME"),
    Option("--tag", "list", "keeping", "A label to find the run by; may be repeated", metavar="TEXT"),
    Option("--metadata", "value", "keeping", "An object that Runflow keeps with the run", metavar="JSON"),
    Option(
        "--callback-url",
        "value",
        "keeping",
        "Address that Runflow calls when the run ends; a run shown from the record calls nobody",
        metavar="URL",
    ),
    Option(
        "--save",
        "value",
        "keeping",
        "Copy the originals to this path; {n} {seed} {model} {date} {id} are filled in, folders are made, "
        "another picture there is left alone",
        metavar="PATH",
    ),
    Option("--overwrite", "switch", "keeping", "Let --save replace another picture"),
    Option(
        "--embed",
        "switch",
        "keeping",
        "Put the recipe (model, prompt, seed, price) also into signed pictures that --save copies, which breaks their "
        "signature; --no-embed puts it into none",
    ),
    Option("--background", "switch", "keeping", "Go on at once with a Job; the picture comes when it is done", "-b"),
    Option("--show", "switch", "keeping", "Show a picture that is flagged as not safe for work as it is"),
    Option("--quiet", "switch", "keeping", "Show nothing", "-q"),
    Option("--estimate", "switch", "price", "Show the price and what makes it up; nothing is sent"),
    Option("--max-cost", "value", "price", "Refuse if the run could cost more", metavar="USD"),
    Option("--yes", "switch", "price", "Agree to a price above Runflow.confirm_above, or that nothing bounds", "-y"),
    Option("--raw", "switch", "input", "{{ and {% are sent as typed, not as a template"),
    Option("--help", "switch", "input", "Show this help", "-h"),
)
MODEL = Option("--model", "value", "picture", "Short name or full id of the model", "-m", metavar="NAME")
IMAGE = "--image"
"""The option that people type for the API's `image_urls`."""
ALIKE = 0.55
"""An unknown option is less like any other: to guess would only mislead."""
SHORTEST = 3
"""Letters that are enough to know an option by its beginning, or by one of its words."""
OTHERS = {
    "bg": "--background",
    "count": "--num-images",
    "dry-run": "--estimate",
    "file": "--image",
    "images": "--image",
    "input": "--image",
    "label": "--tag",
    "n": "-n",
    "new": "--take new",
    "number": "--num-images",
    "picture": "--image",
    "price": "--estimate",
    "quality": "--resolution",
    "samples": "--num-images",
    "shape": "--aspect-ratio",
    "silent": "--quiet",
    "size": "--resolution",
}
"""What other tools call an option -> what it is called here."""
WORD = 8
"""Letters of the longest word that stands for a value: the help has no room for more."""
METAVARS: Mapping[FieldType, str] = {
    "integer": "N",
    "number": "NUMBER",
    "string": "TEXT",
    "boolean": "",
    "image": "ADDRESS",
    "image_list": "ADDRESS",
}
FIELD = re.compile(r"--[A-Za-z][\w-]{0,63}", re.ASCII)


def fields_of(catalog: Iterable[ModelSpec]) -> tuple[Field, ...]:
    """Every field of these models once, in the order of the first model that has it."""
    found: dict[str, Field] = {}
    for spec in catalog:
        for field in spec.fields:
            found.setdefault(field.name, field)
    return tuple(found.values())


def option_of(field: Field, image_field: Field | None = None) -> Option:
    """The option that fills this field. `image_field`: the one that `--image` fills, where several could."""
    group = GROUPS.get(field.name, "picture")
    short = SHORT.get(field.name)
    if field == image_field if image_field is not None else field.type == "image_list":
        help_ = "A picture to edit: a variable, @last, a file or glob, an address, a run's id; may be repeated"
        return Option(IMAGE, "list", group, help_, SHORT["image_urls"], (field.option,), "PICTURE", field.name)
    kind: Kind = "switch" if field.type == "boolean" else "value"
    return Option(field.option, kind, group, field.description, short, (), _metavar(field), field.name)


def _metavar(field: Field) -> str:
    if not field.allowed:
        return METAVARS[field.type]
    if all(value.isdigit() for value in field.allowed):
        return METAVARS["integer"]
    word = field.name.rpartition("_")[2].upper()
    return word if len(word) <= WORD else "VALUE"


@dataclass(frozen=True)
class OptionTable:
    """The options of a cell: those of its model's fields, and ours."""

    options: tuple[Option, ...]
    untyped: bool = False
    """Whether any other name is an option too: of a model of which nothing is known."""

    @cached_property
    def by_spelling(self) -> dict[str, Option]:
        """Every spelling of every option; no abbreviation is one."""
        return {spelling: option for option in self.options for spelling in option.spellings}

    def resolve(self, spelling: str) -> tuple[Option, bool] | None:
        """(option, False where it was spelt `--no-x`), or None."""
        option = self.by_spelling.get(spelling)
        if option is not None:
            return option, True
        negated = self.by_spelling.get("--" + spelling.removeprefix("--no-")) if spelling.startswith("--no-") else None
        if negated is not None and negated.kind == "switch":
            return negated, False
        return _any_field(spelling) if self.untyped else None

    def takes(self, spelling: str) -> Takes:
        """Whether a value follows an option that is spelt so."""
        found = self.resolve(spelling)
        if found is None:
            return "unknown"
        return "nothing" if found[0].kind == "switch" else "value"

    def nearest(self, spelling: str) -> str | None:
        """The spelling nearest to this unknown one, or None."""
        if spelling.lower() in self.by_spelling:
            return spelling.lower()
        typed = spelling.lstrip("-").replace("_", "-").casefold()
        if typed in OTHERS and OTHERS[typed].split()[0] in self.by_spelling:
            return OTHERS[typed]
        return self._by_word(typed) or self._alike(spelling)

    def _by_word(self, typed: str) -> str | None:
        """The one option that begins with this, else the one that has it as a word: `--num`, `--search`."""
        for said in (lambda name: name.startswith(typed), lambda name: typed in name.split("-")):
            found = [option.name for option in self.options if said(option.name.removeprefix("--"))]
            if len(typed) >= SHORTEST and len(found) == 1:
                return found[0]
        return None

    def _alike(self, spelling: str) -> str | None:
        names = [known.removeprefix("--") for known in self.by_spelling if known.startswith("--")]
        if spelling.startswith("--no-"):
            names = ["no-" + option.name.removeprefix("--") for option in self.options if option.kind == "switch"]
        typed = spelling.lstrip("-")
        found = nearest(typed, names)
        alike = found is not None and SequenceMatcher(None, typed, found).ratio() >= ALIKE
        return f"--{found}" if alike else None


def _any_field(spelling: str) -> tuple[Option, bool] | None:
    """An option of a model of which nothing is known: with a value, or alone for true, or `--no-x` for false."""
    if not spelling.startswith("--") or not FIELD.fullmatch(spelling):
        return None
    name = spelling.removeprefix("--no-").removeprefix("--")
    positive = not spelling.startswith("--no-")
    option = Option(f"--{name}", "value" if positive else "switch", "picture", "", field=name.replace("-", "_"))
    return option, positive


@cache
def catalog_table() -> OptionTable:
    """The model, the fields of the catalog, ours."""
    return OptionTable((MODEL, *(option_of(field) for field in fields_of(CATALOG.values())), *OURS))


def table_of(spec: ModelSpec | None) -> OptionTable:
    """The options of a cell with this model: those of the catalog for its own models and where none is known."""
    if spec is None or not spec.declared:
        return catalog_table()
    ours = {spelling for option in (MODEL, *OURS) for spelling in option.spellings}
    taken = ours | {"--no-" + option.name.removeprefix("--") for option in OURS if option.kind == "switch"}
    own = [option_of(field, spec.image_field) for field in spec.fields]
    own = [option for option in own if option.name not in taken]
    return OptionTable((MODEL, *own, *OURS), untyped=not spec.typed)
