"""Which run a person means: a variable, `@last`, or an id, of which the end is enough."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...engine.job import Job
from ...plain import shortened
from ...record.index import SHORTEST
from ...record.run import Run
from ..showing.shown import LAST
from ..views.description import day

if TYPE_CHECKING:
    from ...record.store import Store

NAMED = re.compile(r"(?P<name>[^\W\d]\w*)(?P<numbers>(?:\[-?\d+\])*)")
RECENT = 200
"""Runs whose ids are compared with a misspelt one."""
ALIKE = 0.7
"""An id less like the given one is another one."""
PROMPT_LENGTH = 48


class NotFound(LookupError):
    """Nothing is meant by this text, or more than one thing; the text says why."""

    def __init__(self, reason: str, nearest: str | None = None) -> None:
        self.nearest = nearest
        super().__init__(reason)


def find_run(text: str, names: Mapping[str, Any], store: Store, last: Run | None) -> Run:
    """The run that is meant: by a variable that holds it, as `@last`, or by an id as `Index.find` takes it.

    `names` are the notebook's, `last` is the run last shown. Raises NotFound, a LookupError.
    """
    typed = text.strip()
    value = shown_last(last) if typed == LAST else _held(typed, names)
    if isinstance(value, Run):
        # As it is on record now: it may have been tagged or forgotten since the variable got it.
        return store.index.run(value.id) or value
    found = store.index.find(typed)
    if not found:
        reason = f"is {a_kind(value)}, no run" if value is not None else _unknown(typed)
        raise NotFound(reason, _near_variable(typed, names) or near_id(typed, store))
    return the_one(found)


def shown_last(last: Run | None) -> Run:
    """The run that `@last` means. Raises NotFound."""
    if last is None:
        raise NotFound("was not found: no run was shown in this kernel yet")
    return last


def the_one(found: list[Run]) -> Run:
    """The only one of these runs. Raises NotFound, which lists them, where there are several."""
    if len(found) > 1:
        rows = [f"{run.id}  {day(run.created_at)}  {shortened(run.prompt, PROMPT_LENGTH)}" for run in found]
        raise NotFound("fits several runs; give more of the id:\n" + "\n".join(f"    {row}" for row in rows))
    return found[0]


def value_of(name: str, numbers: Sequence[int], names: Mapping[str, Any]) -> Any:
    """What `fox`, `fox[1]` or `foxes[2][1]` stands for; a number after a run is that of its picture.

    Raises NotFound where there is nothing by such a number.
    """
    value, reached = names[name], name
    for number in numbers:
        if isinstance(value, str | bytes):
            raise NotFound(f"{reached} is no run and no list of pictures")
        pictures = value.images if isinstance(value, Run) else value
        try:
            value = pictures[number]
        except IndexError:
            raise NotFound(f"{reached} has {len(pictures)}, numbered from 0") from None
        except Exception:  # noqa: BLE001 - an object of the user may raise anything for what it does not know
            raise NotFound(f"{reached} is no run and no list of pictures") from None
        reached += f"[{number}]"
    return value


def numbers_of(brackets: str) -> list[int]:
    """The numbers of `[2][1]`."""
    return [int(number) for number in re.findall(r"-?\d+", brackets)]


def a_kind(value: object) -> str:
    """What kind of thing this is, with its article."""
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def near_id(text: str, store: Store) -> str | None:
    """The end of an id of a recent run that is nearly this text."""
    if len(text) < SHORTEST:
        return None
    ends = [run[-len(text) :] for run in store.index.ids(limit=RECENT)]
    return next(iter(difflib.get_close_matches(text.upper(), ends, n=1, cutoff=ALIKE)), None)


def _held(text: str, names: Mapping[str, Any]) -> Any:
    """What a variable holds, of a job its run; None where there is no such thing."""
    match = NAMED.fullmatch(text)
    if match is None or match["name"] not in names:
        return None
    try:
        value = value_of(match["name"], numbers_of(match["numbers"]), names)
    except NotFound:
        return None
    return value.run or value if isinstance(value, Job) else value


def _near_variable(text: str, names: Mapping[str, Any]) -> str | None:
    runs = [name for name in names if not name.startswith("_") and isinstance(names[name], Run)]
    return next(iter(difflib.get_close_matches(text, runs, n=1)), None)


def _unknown(text: str) -> str:
    short = f" (of an id at least the last {SHORTEST} characters)" if len(text) < SHORTEST else ""
    return f"is no run on record and no variable that holds one{short}"
