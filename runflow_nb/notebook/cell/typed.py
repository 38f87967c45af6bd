"""The text of a cell taken apart into options and prompt, before anything is rendered or judged. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ...errors import Problem
from ...models.validate import WORDS, brief
from .option_table import IMAGE, Option, by_spelling
from .words import Split, Takes, split

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

    def given(self, option: str) -> bool:
        """Whether this switch is on, by the text alone."""
        known = [(word, resolve(word.name)) for word in self.split.words]
        return any(
            found is not None and found == (by_spelling()[option], True) and (word.value or "true").casefold() in TRUE
            for word, found in known
        )


def resolve(spelling: str) -> tuple[Option, bool] | None:
    """(option, False where it was spelt `--no-x`), or None."""
    option = by_spelling().get(spelling)
    if option is not None:
        return option, True
    negated = by_spelling().get("--" + spelling.removeprefix("--no-")) if spelling.startswith("--no-") else None
    return (negated, False) if negated is not None and negated.kind == "switch" else None


def takes(spelling: str) -> Takes:
    found = resolve(spelling)
    if found is None:
        return "unknown"
    return "nothing" if found[0].kind == "switch" else "value"


def take_apart(line: str, cell: str | None) -> Typed:
    """The line of a magic, and the cell below it (None for a line magic), taken apart.

    In a line magic the rest of the line is the prompt. In a cell magic the first line holds options only, and the
    body is the prompt; where the body is empty, the rest of the line is.
    """
    parts = split(line, takes)
    rest = parts.rest.strip()
    if cell is None or not cell.strip():
        return Typed(parts, rest, 0, tuple(_no_prompt(parts, rest)))
    above = 1 + len(cell) - len(cell.lstrip("\n"))
    problems = (_left_over(parts, rest),) if rest else ()
    return Typed(parts, cell.strip(), above, problems)


def _no_prompt(parts: Split, rest: str) -> Iterator[Problem]:
    """What begins the prompt of a line and was plainly meant for an option: it would be bought as it stands."""
    word = rest.split(maxsplit=1)[0] if rest else ""
    last = parts.words[-1] if parts.words else None
    known = resolve(last.name) if last is not None and last.value is None else None
    if known is not None and known[0].kind == "switch" and known[0].field and word.casefold() in ("true", "false"):
        yield _left_over(parts, rest)
    meant = word.partition("=")[0].translate(DASHES)
    if not word.startswith("-") and resolve(meant) is not None and not parts.ended:
        yield Problem("", brief(word), "begins with a dash that is no hyphen; after -- it is the prompt's", meant)


def _left_over(parts: Split, rest: str) -> Problem:
    last = parts.words[-1] if parts.words else None
    if (
        last is not None
        and last.value is None
        and takes(last.name) == "nothing"
        and rest.split()[0].casefold() in WORDS
    ):
        return Problem(
            "", brief(rest), "stands alone: a switch takes its value with =", f"{last.name}={rest.split()[0]}"
        )
    if last is not None and takes(last.name) == "unknown":
        return Problem("", brief(rest), f"follows {last.name}, which is no option")
    reason = "is left over: the first line takes options only, the prompt stands below it"
    return Problem("", brief(rest), reason)


def spelled(problems: Iterable[Problem], text: Typed) -> list[Problem]:
    """Problems of the models, with the options as they were typed (`-n` where the API says `num_images`)."""
    typed = {"images": IMAGE, "image_urls": IMAGE}
    for word in text.split.words:
        if (known := resolve(word.name)) is not None:
            option = known[0]
            typed[option.field or option.name.removeprefix("--")] = word.name
    typed["images"] = typed["image_urls"]
    return [replace(problem, subject=typed.get(problem.subject, problem.subject)) for problem in problems]
