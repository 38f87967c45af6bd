"""`%runflow tag RUN [TAG|-TAG ...]`: puts tags on a run, takes them off, or shows them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from .... import calls
from ....engine.recorder import Recorder
from ....errors import InvalidCommand, Problem
from ....models.nearest import nearest
from ....models.validate import brief
from ...showing.outputs import say
from ..arguments import HINT, Arguments, usage_error
from ..operands import named_run

REMOVE = "--remove"
LONGEST = 100
"""Characters of a tag."""


def run(arguments: Arguments) -> None:
    """Change the tags of one run and say which it has. Raises InvalidCommand with every mistake: nothing is done."""
    if not arguments.words:
        raise usage_error("", "tag", "needs a run: %runflow tag RUN [TAG ...], -TAG takes one off")
    store = calls.current_store()
    found = store.index.run(named_run(arguments.words[0]).id)
    if found is None:
        raise usage_error("", brief(arguments.words[0]), "is a run of another store")
    given = [word.strip() for word in arguments.words[1:]]
    add = [word for word in given if not word.startswith("-")]
    remove = [word[1:] for word in given if word.startswith("-")] + [word.strip() for word in arguments.all(REMOVE)]
    problems = [*tag_problems(add, remove), *_missing(found.short, found.tags, remove)]
    if problems:
        raise InvalidCommand(problems, "option", HINT)
    if add or remove:
        Recorder(store).tagged(found.id, add, remove)
        found = store.index.run(found.id) or found
    say(f"Run {found.short}: {', '.join(found.tags) or 'no tags'}")


def tag_problems(add: Sequence[str], remove: Sequence[str]) -> list[Problem]:
    """What is wrong with tags that are to be put on and taken off."""
    found = []
    for tag in (*add, *remove):
        if not tag:
            found.append(Problem("", "-", "names no tag"))
        elif len(tag) > LONGEST:
            found.append(Problem("", brief(tag), f"has {len(tag)} characters; a tag has {LONGEST} at the most"))
        elif any(unicodedata.category(char) == "Cc" for char in tag):
            found.append(Problem("", brief(tag), "has control characters in it"))
    both = sorted({*add} & {*remove})
    return [*found, *(Problem("", brief(tag), "is to be put on and taken off") for tag in both)]


def _missing(short: str, tags: Sequence[str], remove: Sequence[str]) -> list[Problem]:
    gone = [tag for tag in remove if tag and tag not in tags]
    return [Problem("", brief(tag), f"is no tag of run {short}", nearest(tag, tags)) for tag in gone]
