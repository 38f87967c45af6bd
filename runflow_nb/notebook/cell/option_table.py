"""The options of the magics: one row for each field of the catalog, taken from the specs, and our own in one table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Literal

from ...models.catalog import CATALOG
from ...models.nearest import nearest
from ...models.spec import Field, ModelSpec

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
METAVARS = {"integer": "N", "string": "TEXT", "boolean": "", "image_list": "PICTURE"}


def fields_of(catalog: Iterable[ModelSpec]) -> tuple[Field, ...]:
    """Every field of these models once, in the order of the first model that has it."""
    found: dict[str, Field] = {}
    for spec in catalog:
        for field in spec.fields:
            found.setdefault(field.name, field)
    return tuple(found.values())


def option_of(field: Field) -> Option:
    """The option that fills this field."""
    group = GROUPS.get(field.name, "picture")
    short = SHORT.get(field.name)
    if field.type == "image_list":
        help_ = "A picture to edit: a variable, @last, a file or glob, an address, a run's id; may be repeated"
        return Option(IMAGE, "list", group, help_, short, (field.option,), "PICTURE", field.name)
    kind: Kind = "switch" if field.type == "boolean" else "value"
    return Option(field.option, kind, group, field.description, short, (), _metavar(field), field.name)


def _metavar(field: Field) -> str:
    if not field.allowed:
        return METAVARS[field.type]
    if all(value.isdigit() for value in field.allowed):
        return METAVARS["integer"]
    word = field.name.rpartition("_")[2].upper()
    return word if len(word) <= WORD else "VALUE"


@cache
def options() -> tuple[Option, ...]:
    """All options: the model, the catalog's fields, ours."""
    return (MODEL, *(option_of(field) for field in fields_of(CATALOG.values())), *OURS)


@cache
def by_spelling() -> dict[str, Option]:
    """Every spelling of every option; no abbreviation is one."""
    return {spelling: option for option in options() for spelling in option.spellings}


def nearest_option(spelling: str) -> str | None:
    """The spelling nearest to this unknown one, or None."""
    if spelling.lower() in by_spelling():
        return spelling.lower()
    typed = spelling.lstrip("-").replace("_", "-").casefold()
    if typed in OTHERS:
        return OTHERS[typed]
    return _by_word(typed) or _alike(spelling)


def _by_word(typed: str) -> str | None:
    """The one option that begins with this, else the one that has it as a word: `--num`, `--search`."""
    for said in (lambda name: name.startswith(typed), lambda name: typed in name.split("-")):
        found = [option.name for option in options() if said(option.name.removeprefix("--"))]
        if len(typed) >= SHORTEST and len(found) == 1:
            return found[0]
    return None


def _alike(spelling: str) -> str | None:
    names = [known.removeprefix("--") for known in by_spelling() if known.startswith("--")]
    if spelling.startswith("--no-"):
        names = ["no-" + option.name.removeprefix("--") for option in options() if option.kind == "switch"]
    typed = spelling.lstrip("-")
    found = nearest(typed, names)
    alike = found is not None and SequenceMatcher(None, typed, found).ratio() >= ALIKE
    return f"--{found}" if alike else None
