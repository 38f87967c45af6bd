"""The text of a cell taken apart into options and prompt, before anything is rendered or judged. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ...errors import Problem
from ...models.catalog import SHORT_NAMES, known
from ...models.validate import WORDS, brief
from .option_table import IMAGE, MODEL, OptionTable, catalog_table, table_of
from .words import Split, Word, split

DASHES = {**dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-"), **dict.fromkeys((0x2014, 0x2015), "--")}
"""What editors and chats make of hyphens: a dash of one, a long one of two."""
TRUE = frozenset(word for word, meaning in WORDS.items() if meaning)


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell's text taken apart, before anything is rendered or judged."""

    split: Split
    prompt: str
    """As typed, stripped."""
    prompt_line: int
    """How many lines of the cell stand above the prompt's first."""
    problems: tuple[Problem, ...]
    table: OptionTable
    """The options that there are."""

    def given(self, option: str) -> bool:
        """Whether this switch is on, by the text alone."""
        found = [(word, self.table.resolve(word.name)) for word in self.split.words]
        return any(
            known is not None
            and known == (self.table.by_spelling[option], True)
            and (word.value or "true").casefold() in TRUE
            for word, known in found
        )


def model_of(words: Iterable[Word]) -> str | None:
    """What is typed for `--model`."""
    return next((word.value for word in words if word.name in MODEL.spellings), None)


def named_model(line: str) -> str | None:
    """What is typed for `--model` in this line, whatever else stands there."""
    return model_of(split(line, catalog_table().takes).words)


def table_for(model: str | None) -> OptionTable:
    """The options of a cell with this model, as far as it is known."""
    return table_of(known(SHORT_NAMES.get(model, model)) if model else None)


def take_apart(line: str, cell: str | None, model: str | None = None) -> Typed:
    """The line of a magic, and the cell below it (None for a line magic), taken apart.

    In a line magic the rest of the line is the prompt. In a cell magic the first line holds options only, and the
    body is the prompt; where the body is empty, the rest of the line is. `model`: the one that is meant, where it is
    not the one that the line names.
    """
    table = table_for(model or named_model(line))
    parts = split(line, table.takes)
    rest = parts.rest.strip()
    if cell is None or not cell.strip():
        return Typed(parts, rest, 0, tuple(_no_prompt(parts, rest, table)), table)
    above = 1 + len(cell) - len(cell.lstrip("\n"))
    problems = (_left_over(parts, rest, table),) if rest else ()
    return Typed(parts, cell.strip(), above, problems, table)


def _no_prompt(parts: Split, rest: str, table: OptionTable) -> Iterator[Problem]:
    """What begins the prompt of a line and was plainly meant for an option: it would be bought as it stands."""
    word = rest.split(maxsplit=1)[0] if rest else ""
    last = parts.words[-1] if parts.words else None
    found = table.resolve(last.name) if last is not None and last.value is None else None
    if found is not None and found[0].kind == "switch" and found[0].field and word.casefold() in ("true", "false"):
        yield _left_over(parts, rest, table)
    meant = word.partition("=")[0].translate(DASHES)
    if not word.startswith("-") and meant in table.by_spelling and not parts.ended:
        yield Problem("", brief(word), "begins with a dash that is no hyphen; after -- it is the prompt's", meant)


def _left_over(parts: Split, rest: str, table: OptionTable) -> Problem:
    last = parts.words[-1] if parts.words else None
    if (
        last is not None
        and last.value is None
        and table.takes(last.name) == "nothing"
        and rest.split()[0].casefold() in WORDS
    ):
        return Problem(
            "", brief(rest), "stands alone: a switch takes its value with =", f"{last.name}={rest.split()[0]}"
        )
    if last is not None and table.takes(last.name) == "unknown":
        return Problem("", brief(rest), f"follows {last.name}, which is no option")
    reason = "is left over: the first line takes options only, the prompt stands below it"
    return Problem("", brief(rest), reason)


def spelled(problems: Iterable[Problem], text: Typed) -> list[Problem]:
    """Problems of the models, with the options as they were typed (`-n` where the API says `num_images`)."""
    typed = {"images": IMAGE, "image_urls": IMAGE}
    for word in text.split.words:
        if (found := text.table.resolve(word.name)) is not None:
            option = found[0]
            typed[option.field or option.name.removeprefix("--")] = word.name
    typed["images"] = typed["image_urls"]
    return [replace(problem, subject=typed.get(problem.subject, problem.subject)) for problem in problems]
