"""What `--image` names, in this order: a variable, `@last`, a file or glob, an address, a run by the end of its id."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ...engine.job import Job
from ...engine.pictures.addresses import scheme
from ...engine.pictures.files import missing, nearest_file
from ...engine.pictures.given import Given
from ...record.run import Run
from ..showing.shown import LAST
from .globs import is_glob, matching
from .runs import NotFound, near_id, numbers_of, shown_last, the_one, value_of

if TYPE_CHECKING:
    from ...record.store import Store

NUMBERED = re.compile(r"(?P<base>.+?)(?P<numbers>(?:\[-?\d+\])*)", re.DOTALL)
PATH = re.compile(r"[\\/.~\s]")
"""What a path may hold, and no name of a variable and no id."""
MOST = 100
"""Pictures that one name may stand for: more are a mistake, and would all be sent."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the pictures of a cell come from."""

    names: Mapping[str, Any]
    """The notebook's variables."""
    last: Run | None = None
    """The run that was shown last."""
    store: Callable[[], Store] | None = None
    """Opens the store of the notebook; None where there is none to look into."""
    notebook: str | None = None


def given_pictures(text: str, around: Surroundings) -> tuple[Any, ...]:
    """The pictures that a word stands for, for a request: `Given` where it is not itself a path or an address.

    A path that is not there stays as it is: the record may know what it was. Raises NotFound.
    """
    match = NUMBERED.fullmatch(text)
    base, numbers = (match["base"], match["numbers"]) if match else (text, "")
    if base.removesuffix(".images") in around.names:
        return _held(base, numbers, text, around)
    if base == LAST:
        return _of_run(shown_last(around.last), numbers_of(numbers), text)
    if os.path.exists(os.path.expanduser(text)) or scheme(text):  # noqa: PTH110, PTH111 - these never raise
        return (text,)
    if is_glob(text) and (found := _globbed(text, text, required=not numbers)):
        return found
    if PATH.search(text):
        return _of_record(text, around)
    return _of_id(base, numbers, text, around)


def _held(base: str, numbers: str, typed: str, around: Surroundings) -> tuple[Any, ...]:
    name = base.removesuffix(".images")
    if name != base and not isinstance(around.names[name], Run):
        raise NotFound(f"{name} is no run: it has no images")
    return _of_value(value_of(name, numbers_of(numbers), around.names), typed)


def _of_value(value: Any, typed: str) -> tuple[Any, ...]:
    if isinstance(value, Job):
        if value.run is None or not value.done():
            raise NotFound("is still on its way: wait for it first, with .wait()")
        value = value.run
    if isinstance(value, Run):
        return _of_run(value, [], typed)
    if isinstance(value, str):
        found = _globbed(value, typed) if is_glob(value) and not scheme(value) else ()
        return found or (Given(value, typed),)
    if isinstance(value, list | tuple):
        _check_count(value, "holds")
        return tuple(found for i, one in enumerate(value) for found in _of_value(one, f"{typed}[{i}]"))
    return (Given(value, typed),)


def _of_run(run: Run, numbers: Sequence[int], typed: str) -> tuple[Any, ...]:
    count = len(run.images)
    if not numbers:
        if count > 1:
            raise NotFound(f"has {count} pictures: give one of them, such as {typed}[0]")
        return (Given(run, typed),)
    if len(numbers) > 1 or not -count <= numbers[0] < count:
        raise NotFound(f"is not there: the run has {count} picture{'s' if count != 1 else ''}, numbered from 0")
    return (Given(run.images[numbers[0]], typed),)


def _globbed(pattern: str, typed: str, *, required: bool = True) -> tuple[Any, ...]:
    paths = matching(pattern, required=required)
    if len(paths) > 1:
        _check_count(paths, "matches")
    return tuple(Given(path, typed) for path in paths)


def _check_count(several: Sequence[Any], verb: str) -> None:
    if not several:
        raise NotFound("holds no picture")
    if len(several) > MOST:
        raise NotFound(f"{verb} {len(several):,}; at most {MOST} pictures are taken at once")


def _of_record(path: str, around: Surroundings) -> tuple[Any, ...]:
    """A path that is not there, where the record knows what it was."""
    if around.store is None or _on_record(path, around.store(), around):
        return (path,)
    problem = missing(path)
    raise NotFound(problem.reason, problem.nearest)


def _on_record(path: str, store: Store, around: Surroundings) -> bool:
    return store.index.input_digest(store.relative(around.notebook), path) is not None


def _of_id(base: str, numbers: str, typed: str, around: Surroundings) -> tuple[Any, ...]:
    """The picture of a run by its id, else what the record knows by this name."""
    if around.store is None:
        raise _unknown(base, numbers, around, None)
    store = around.store()
    if found := store.index.find(base):
        return _of_run(the_one(found), numbers_of(numbers), typed)
    if _on_record(typed, store, around):
        return (typed,)
    raise _unknown(base, numbers, around, store)


def _unknown(base: str, numbers: str, around: Surroundings, store: Store | None) -> NotFound:
    close = difflib.get_close_matches(base, [LAST, *_holding_something(around.names)], n=1)
    file = nearest_file(base + numbers)
    run = near_id(base, store) if store is not None else None
    near = [each + numbers for each in close] + [file] * bool(file) + [f"run {run}{numbers}"] * bool(run)
    reason = "is no variable of this notebook, no file here, no address and no run on record"
    return NotFound(reason, " or ".join(filter(None, near)) or None)


def _holding_something(names: Mapping[str, Any]) -> list[str]:
    """Variables that may hold a picture."""
    other = (ModuleType, type, bool, int, float, type(None))
    return [n for n in names if not n.startswith("_") and not isinstance(names[n], other) and not callable(names[n])]
