"""What groups of switches share: each is set by a word NAME=VALUE, and many take one of a few words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..models.nearest import nearest

Choices = Mapping[str, tuple[str, ...]]
"""Name of a switch -> the words that it takes; the first is the default."""
Readers = Mapping[str, Callable[[str, str], Any]]
"""Name of a switch that takes other than choices -> what makes its value from its name and the text given."""


class BadSwitch(ValueError):
    """A switch cannot be set so; the text says why."""


def check_choices(switches: object, choices: Choices) -> None:
    """Raises BadSwitch where one of them has a value that it does not take."""
    for name, taken in choices.items():
        value = getattr(switches, name)
        if value not in taken:
            raise BadSwitch(f"{name} takes {' or '.join(taken)}, not {value}")


def read_words(topic: str, words: Iterable[str], readers: Readers, choices: Choices) -> dict[str, Any]:
    """Values by name; choices are not checked yet. Raises BadSwitch, with the nearest name for one that is none."""
    known = (*readers, *choices)
    given: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if name not in known or not equals:
            meant = nearest(name, known)
            raise BadSwitch(f"{name} is no switch of {topic}" + (f"; did you mean {meant}=?" if meant else ""))
        given[name] = readers[name](name, text) if name in readers else text
    return given


def read_names(_: str, text: str) -> tuple[str, ...]:
    """A Reader of comma-joined names."""
    return tuple(filter(None, map(str.strip, text.split(","))))


def tell_switches(taken: Mapping[str, str], choices: Choices) -> str:
    """Each switch with what it takes, in one line: `page=50, listing=whole|brief`."""
    told = {**taken, **{name: "|".join(words) for name, words in choices.items()}}
    return ", ".join(f"{name}={value}" for name, value in told.items())
