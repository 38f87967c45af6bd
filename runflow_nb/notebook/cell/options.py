"""What the options of a cell ask for, read as a whole, every problem named."""

from __future__ import annotations

import json
import keyword
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ...engine.order import Take
from ...errors import Problem
from ...models.catalog import known
from ...models.validate import WORDS, brief
from ...money import parse_usd
from .option_table import Option, OptionTable
from .prompt import TemplateFault
from .typed import Typed
from .words import Word

HINT = "All options: %nanobanana --help"


def hint(model: str | None) -> str:
    """Where all options are told of a cell with this model, where it is one that the catalog does not have."""
    spec = None if model is None else known(model)
    return f"All options: %runflow {model} --help" if spec is not None and spec.declared else HINT


Render = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class CellOptions:
    """The options of one cell, as far as they could be read."""

    model: str | None = None
    fields: Mapping[str, str | bool] = field(default_factory=dict)
    """By the API's names, as typed and rendered; the models judge the values."""
    images: tuple[str, ...] = ()
    """Pictures as typed: variables, files, addresses."""
    out: str | None = None
    take: Take = None
    estimate: bool = False
    max_cost: Decimal | None = None
    yes: bool = False
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] | None = None
    callback_url: str | None = None
    save: str | None = None
    overwrite: bool = False
    embed: bool | None = None
    background: bool = False
    show: bool = False
    quiet: bool = False


def read(text: Typed, render: Render) -> tuple[CellOptions, list[Problem]]:
    """The options, and everything that is wrong with them; an option with a problem is left out."""
    reader = Reader(render, text.table)
    found = [reader.take(word) for word in text.split.words]
    return reader.options(), [*text.problems, *(problem for problem in found if problem)]


class Reader:
    """Collects one option after the other."""

    def __init__(self, render: Render, table: OptionTable) -> None:
        self._render = render
        self._table = table
        self._seen: set[str] = set()
        self._fields: dict[str, str | bool] = {}
        self._lists: dict[str, list[str]] = {}
        self._ours: dict[str, Any] = {}

    def options(self) -> CellOptions:
        lists = {name: tuple(values) for name, values in self._lists.items()}
        return CellOptions(
            fields=self._fields, images=lists.get("--image", ()), tags=lists.get("--tag", ()), **self._ours
        )

    def take(self, word: Word) -> Problem | None:
        """Read one option; what is wrong with it, or None."""
        if word.unclosed:
            reason = f"opens a quote ({word.unclosed}) that is never closed"
            return Problem(word.name, brief(word.unclosed + (word.value or "")), reason)
        known = self._table.resolve(word.name)
        if known is None:
            given = "" if word.value is None else brief(word.value)
            return Problem(word.name, given, "no such option", self._table.nearest(word.name))
        option, positive = known
        if option.name in self._seen and option.kind != "list":
            return Problem(word.name, brief(word.value or ""), "is given twice")
        self._seen.add(option.name)
        try:
            value = None if word.value is None else self._render(word.value).strip()
        except TemplateFault as fault:
            return Problem(word.name, brief(word.value or ""), fault.reason, fault.nearest)
        if option.kind == "switch":
            return self._switch(option, word, positive, value)
        if not value and self._table.untyped and option.field is not None:
            value = "true"  # it may be a switch
        if not value:
            return Problem(word.name, "", f"needs a value: {word.name} {option.metavar}")
        return self._valued(option, word, value)

    def _switch(self, option: Option, word: Word, positive: bool, value: str | None) -> Problem | None:
        if value is not None and not positive:
            return Problem(word.name, brief(value), "takes no value", option.name)
        if option.field is not None:
            if self._table.untyped:
                value = WORD_OF[positive] if value is None else value
            self._fields[option.field] = positive if value is None else value
            return None
        meaning = positive if value is None else WORDS.get(value.casefold())
        if meaning is None:
            return Problem(word.name, brief(value), "takes true or false")
        if option.name not in BY_TEXT:
            self._ours[option.name.removeprefix("--")] = meaning
        return None

    def _valued(self, option: Option, word: Word, value: str) -> Problem | None:
        if option.kind == "list":
            self._lists.setdefault(option.name, []).append(value)
        elif option.field is not None:
            self._fields[option.field] = value
        else:
            convert = CONVERT[option.name]
            try:
                self._ours[option.name.removeprefix("--").replace("-", "_")] = convert(value)
            except ValueError as reason:
                return Problem(word.name, brief(value), str(reason))
        return None


WORD_OF = {True: "true", False: "false"}
BY_TEXT = frozenset({"--raw", "--help"})
"""Switches that are asked for before anything is rendered (`Typed.given`)."""


def _take(value: str) -> Take:
    if value == "new":
        return "new"
    if value.isascii() and value.isdigit() and int(value) >= 1:
        return int(value)
    raise ValueError("takes a number from 1, or new")


def _name(value: str) -> str:
    if value.isidentifier() and not keyword.iskeyword(value):
        return value
    raise ValueError("is no name of a variable")


def _usd(value: str) -> Decimal:
    amount = parse_usd(value)
    if amount is None:
        raise ValueError("takes an amount in USD, such as 0.50")
    return amount


def _object(value: str) -> dict[str, Any]:
    try:
        found = json.loads(value)
    except ValueError as reason:
        raise ValueError(f"is no JSON: {reason}") from None
    if not isinstance(found, dict):
        raise ValueError('takes a JSON object, such as {"project": "fox"}')
    return found


CONVERT: Mapping[str, Callable[[str], Any]] = {
    "--model": str,
    "--take": _take,
    "--out": _name,
    "--max-cost": _usd,
    "--metadata": _object,
    "--callback-url": str,
    "--save": str,
}
