"""What follows a subcommand of `%runflow`, taken apart: words and flags, every mistake named at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...errors import InvalidCommand, Problem
from ...models.nearest import nearest
from ...models.validate import brief
from .subcommands import Flag, Subcommand

HINT = "All subcommands: %runflow help"
WORD = re.compile(r"""(?P<name>--[^\s=]+=)?(?P<quoted>"[^"]*"|'[^']*')(?=\s|$)|\S+""")
NOTEBOOK = ".ipynb"
OPEN_QUOTE = re.compile(r"""(--[^\s=]+=)?["']""")


@dataclass(frozen=True, slots=True)
class Arguments:
    """The words and flags of one line."""

    words: tuple[str, ...]
    flags: Mapping[str, tuple[str, ...]]
    """Flag -> its values in order; a flag without value has ("",)."""
    rest: str
    """The line as it was typed, without the subcommand."""

    def on(self, flag: str) -> bool:
        """Whether this flag was given."""
        return flag in self.flags

    def value(self, flag: str) -> str | None:
        """The value of this flag, the last one where it was given more than once."""
        return self.flags[flag][-1] if flag in self.flags else None

    def all(self, flag: str) -> tuple[str, ...]:
        """All values of this flag, in order."""
        return self.flags.get(flag, ())


def usage_error(subject: str, given: str, reason: str, nearest_value: str | None = None) -> InvalidCommand:
    """A mistake in the line of `%runflow`."""
    return InvalidCommand([Problem(subject, given, reason, nearest_value)], "option", HINT)


def saved_notebook(arguments: Arguments) -> str | None:
    """The saved notebook that is named, whose own records are read; None where none is. Raises InvalidCommand."""
    if arguments.words and arguments.on("--all"):
        raise usage_error("--all", "", "is the store's, and of a saved notebook its own records are read")
    return arguments.words[0] if arguments.words else None


def read_arguments(name: str, command: Subcommand, rest: str) -> Arguments:
    """The arguments of the subcommand `name`. Raises InvalidCommand with every mistake."""
    if command.operands == "settings":
        return Arguments((), {}, rest)
    reader = _Reader(command)
    reader.read(_words(rest))
    # What seems to be left over after an unknown flag is that flag's value.
    problems = reader.problems or _too_many(name, command, reader.words)
    if problems:
        raise InvalidCommand(problems, "option", HINT)
    return Arguments(tuple(reader.words), {flag: tuple(found) for flag, found in reader.flags.items()}, rest)


class _Reader:
    """Takes one word after the other."""

    def __init__(self, command: Subcommand) -> None:
        self._command = command
        self.words: list[str] = []
        self.flags: dict[str, list[str]] = {}
        self.problems: list[Problem] = []

    def read(self, words: Sequence[str]) -> None:
        left = list(words)
        while left:
            word = left.pop(0)
            name, equals, value = word.partition("=")
            flag = self._command.flag(name)
            if flag is None:
                self._other(word)
            elif not flag.metavar:
                self._switch(flag, equals)
            elif equals or (left and self._command.flag(left[0]) is None):
                self._valued(flag, value if equals else left.pop(0))
            else:
                self.problems.append(Problem(name, "", f"needs a value: {name} {flag.metavar}"))

    def _other(self, word: str) -> None:
        # A dash alone begins no flag where words are free text: `-blue` takes a tag away.
        if not word.startswith("--") and (self._command.operands == "text" or not word.startswith("-")):
            self.words.append(word)
            return
        known = [flag.name for flag in self._command.flags]
        self.problems.append(Problem(brief(word.partition("=")[0]), "", "is no option here", nearest(word, known)))

    def _switch(self, flag: Flag, equals: str) -> None:
        if equals:
            self.problems.append(Problem(flag.name, "", "takes no value"))
        self.flags[flag.name] = [""]

    def _valued(self, flag: Flag, value: str) -> None:
        if flag.values and value not in flag.values:
            reason = f"takes {', '.join(flag.values)}"
            self.problems.append(Problem(flag.name, brief(value), reason, nearest(value, flag.values)))
        elif not value.strip():
            self.problems.append(Problem(flag.name, "", f"needs a value: {flag.name} {flag.metavar}"))
        self.flags.setdefault(flag.name, []).append(value)


def _too_many(name: str, command: Subcommand, words: Sequence[str]) -> list[Problem]:
    # Words of a prompt are looked for with --text, and are no file.
    saved = int(bool(words) and words[0].endswith(NOTEBOOK))
    allowed = {"none": 0, "run": 1, "target": 1, "subcommand": 1, "picture": 1, "saved": saved}.get(command.operands)
    if allowed is None or len(words) <= allowed:
        return []
    takes = {
        "none": "nothing",
        "run": "one run",
        "target": "live or sandbox",
        "subcommand": "one subcommand",
        "picture": "one picture, in quotes where its name has blanks",
        "saved": f"one saved notebook, fox{NOTEBOOK}, in quotes where its name has blanks",
    }
    reason = f"is left over: {name} takes {takes[command.operands]}"
    return [Problem("", brief(words[allowed]), reason, _flag_meant(command, words[allowed:]))]


def _flag_meant(command: Subcommand, words: Sequence[str]) -> str | None:
    """The flag that was probably meant by words that are left over; of words that name none, a search."""
    meant = nearest(words[0], [flag.name.removeprefix("--") for flag in command.flags])
    if meant:
        return f"--{meant}"
    text = brief(" ".join(words))
    return (f'--text "{text}"' if " " in text else f"--text {text}") if command.flag("--text") else None


def _words(rest: str) -> list[str]:
    """Words at blanks; quotes around a word or a value hold blanks together, an apostrophe inside a word is one."""
    words = []
    for match in WORD.finditer(rest):
        quoted = match["quoted"]
        if quoted is None and OPEN_QUOTE.match(match[0]):
            raise usage_error("", brief(match[0]), "opens a quote that is never closed")
        words.append(match[0] if quoted is None else (match["name"] or "") + quoted[1:-1])
    return words
