"""The options of `nanobanana`, their values, and the model of `%%runflow MODEL`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...models.catalog import DEFAULT_MODEL, UnknownModel, find_model, known_models
from ...models.spec import Field, ModelSpec
from ..cell.option_table import IMAGE, MODEL, Option, OptionTable
from ..cell.typed import named_model, table_for
from ..cell.words import Word, split
from .names import holding_runs
from .offers import Notebook, Offer, offer
from .place import Place
from .sources import model_offers, path_offers, picture_offers, tag_offers
from .words import Typing, typing, without

FIRST_WORD = re.compile(r"\s*([^\s-]\S*)?")
SWITCHED = ("true", "false")
ALIASES = frozenset({"--image-urls"})
"""The API's own names are understood; people are offered one name for one thing."""
MOST_NUMBERS = 10
"""A longer range is no choice."""


def options_at(place: Place, notebook: Notebook) -> list[Offer] | None:
    """Offers in a line of options; None in the prompt behind them."""
    model: str | None = None
    skipped = 0
    if place.magic == "runflow":
        first = FIRST_WORD.match(place.line)
        assert first is not None
        skipped, model = first.end(), first[1]
        if len(place.head) <= skipped:
            typed = place.head.lstrip()
            return offer(notebook.models, typed, place.start + len(place.head) - len(typed), "model")
    head = place.head[skipped:]
    table = table_for(model or named_model(place.line[skipped:]))
    typed_word = typing(head, table)
    others = without(place.line[skipped:], head, typed_word)
    line = _Line(model, typed_word, split(others, table.takes).words, table)
    start = place.start + skipped + typed_word.start
    match typed_word.what:
        case "prompt":
            return None
        case "name":
            return offer(line.option_names(), typed_word.text, start, "option")
        case "value":
            text = others if model is None else f"--model {model} {others}"
            return line.values(start, text, place.body, notebook)


class _Line:
    """One line of options, but for the word that is typed."""

    def __init__(self, model: str | None, typed: Typing, others: Iterable[Word], table: OptionTable) -> None:
        self._typed = typed
        self._table = table
        self._fixed = model is not None
        self._given: set[str] = set()
        for word in others:
            if (known := table.resolve(word.name)) is not None:
                self._given.add(known[0].name)
                model = word.value if known[0] == MODEL else model
        self._model = model

    def option_names(self) -> Iterator[str]:
        """Spellings of the options that may still be given: long ones, then short ones; of switches also `--no-x`."""
        typed = self._typed.text
        left = [option for option in self._table.options if self._may_be_given(option)]
        yield from (name for option in left for name in option.spellings if len(name) > 2 and name not in ALIASES)
        yield from (option.short for option in left if option.short)
        if typed.startswith("--no"):
            yield from (f"--no-{o.name.removeprefix('--')}" for o in left if o.kind == "switch" and o.name != "--help")
        if typed not in IMAGE:
            yield from ALIASES

    def values(self, start: int, line: str, body: str | None, notebook: Notebook) -> list[Offer]:
        """Values of the option whose value is typed. `line` is the line without it."""
        option, typed = self._typed.option, self._typed.text
        if option is None:
            return []
        if option.kind == "switch":
            return offer(SWITCHED, typed, start, "value")
        match option.name:
            case "--model":
                return model_offers(typed, start, notebook)
            case "--image":
                return picture_offers(typed, start, notebook, in_quotes=bool(self._typed.quote))
            case "--take":
                return offer(_takes(notebook.takes(line, body)), typed, start, "take")
            case "--out":
                return offer(holding_runs(notebook.names), typed, start, "run")
            case "--tag":
                return tag_offers(typed, start, notebook, in_quotes=bool(self._typed.quote))
            case "--save":
                return path_offers(typed, start, notebook, in_quotes=bool(self._typed.quote))
        field = self._field(option, notebook)
        return offer(choices(field), typed, start, "value") if field is not None else []

    def _may_be_given(self, option: Option) -> bool:
        if option == MODEL and self._fixed:
            return False
        if option.name in self._given and option.kind != "list":
            return False
        if self._model is None or option.field is None or option.name == IMAGE:
            return True
        return self._spec(self._model).field(option.field) is not None

    def _field(self, option: Option, notebook: Notebook) -> Field | None:
        """What fills this option: of the model that is named, else of the first that has it."""
        if option.field is None:
            return None
        own = self._spec(self._model or notebook.default_model or DEFAULT_MODEL).field(option.field)
        if own is not None or self._model is not None:
            return own
        return next((field for spec in known_models().values() if (field := spec.field(option.field))), None)

    def _spec(self, model: str) -> ModelSpec:
        try:
            return find_model(model, IMAGE in self._given)
        except UnknownModel as unknown:
            return find_model(unknown.nearest or DEFAULT_MODEL, IMAGE in self._given)


def choices(field: Field) -> Iterable[str]:
    """The values of a field where there are few."""
    numbers = field.whole_range
    return map(str, numbers) if 0 < len(numbers) <= MOST_NUMBERS else field.allowed


def _takes(held: Iterable[int] | None) -> list[str]:
    """The takes on record, the next one, and `new`."""
    if held is None:
        return ["1", "2", "new"]
    numbers = sorted(held)
    free = next(number for number in range(1, len(numbers) + 2) if number not in numbers)
    return [*map(str, sorted({*numbers, free})), "new"]
