"""The kernel's side of a gallery: what a page asks, answered from the store. Knows no widget; any one thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...engine.recorder import Recorder
from ...errors import InvalidCommand, RunflowError
from ...notebook.runflow.arguments import HINT
from ...notebook.runflow.commands.tag import tag_problems
from ...record.history import History
from ...record.run import MOST_STARS, Run
from ...record.store import Store
from ..sendable import sendable as shown
from .cells import Told, cell, looked_at
from .copies import copy
from .narrowed import narrowed

PAGE = 60
LARGEST_PAGE = 200
"""Runs of one message."""
LOOKS = 8
"""Narrowed lists that are kept: each page in which the gallery stands has one."""
OFFERED = 200
"""Tags and models offered to choose from."""


class Desk:
    """Answers about one history."""

    def __init__(self, history: History, store: Store, offer: Callable[[Sequence[Run]], None]) -> None:
        """`offer`: is told of which runs the page may now ask for pictures and files."""
        self.history = history
        self._store = store
        self._offer = offer
        self._looks: OrderedDict[str, list[str]] = OrderedDict()

    def answer(self, content: Mapping[str, Any]) -> Told | None:
        """What to tell the page; None where nothing was asked that is known here. Raises RunflowError, OSError."""
        match content:
            case {"ask": "look", "look": str(look)}:
                return self._begin(look, content)
            case {"ask": "page", "look": str(look), "start": int(start), "count": int(count)}:
                return self._page(look, start, count)
            case {"ask": "run", "run": str(run)}:
                return self._run(run)
            case {"ask": "rate", "stars": int(stars)}:
                return self._rate(self.chosen(content), stars)
            case {"ask": "tag"}:
                return self._tag(self.chosen(content), _texts(content.get("add")), _texts(content.get("remove")))
            case {"ask": "save", "where": str(where)}:
                return said(copy(self.chosen(content), where))
        return None

    def chosen(self, content: Mapping[str, Any]) -> list[Run]:
        """The runs that a message names, in its order."""
        return self.history.runs(_texts(content.get("runs")))

    def _begin(self, look: str, content: Mapping[str, Any]) -> Told:
        given = content.get("conditions")
        found, problems = narrowed(self.history, given if isinstance(given, Mapping) else {})
        ids = found.ids()
        self._looks[look] = ids
        self._looks.move_to_end(look)
        while len(self._looks) > LOOKS:
            self._looks.popitem(last=False)
        return {
            "told": "look",
            "look": look,
            "total": len(ids),
            "all": len(self.history),
            "problems": problems,
            "models": [shown(model) for model in sorted(self.history.values("model"))[:OFFERED]],
            "tags": [shown(tag) for tag in self.history.tags()[:OFFERED]],
            "cells": self._cells(ids[:PAGE]),
        }

    def _page(self, look: str, start: int, count: int) -> Told:
        ids = self._looks.get(look)
        if ids is None:
            return {"told": "stale", "look": look}
        first = max(0, start)
        some = ids[first : first + max(0, min(count, LARGEST_PAGE))]
        return {"told": "page", "look": look, "start": first, "cells": self._cells(some)}

    def _cells(self, ids: Sequence[str]) -> list[Told]:
        # One place for each id, also where a run can no longer be read: what follows it keeps its place.
        found = {run.id: run for run in self.history.runs(ids)}
        self._offer(list(found.values()))
        return [cell(found[name]) if name in found else {"run": name, "absent": "not on record"} for name in ids]

    def _run(self, name: str) -> Told:
        found = self.history.runs([name])
        if not found:
            return said("This run is not on record.", wrong=True)
        self._offer(found)
        return {"told": "run", "run": looked_at(found[0])}

    def _rate(self, runs: Sequence[Run], stars: int) -> Told:
        given = stars if stars in range(1, MOST_STARS + 1) else None
        recorder = Recorder(self._own(runs))
        for run in runs:
            if run.stars != given:
                recorder.rated(run.id, given)
        return self._changed(runs)

    def _tag(self, runs: Sequence[Run], add: Sequence[str], remove: Sequence[str]) -> Told:
        add, remove = [tag.strip() for tag in add], [tag.strip() for tag in remove]
        if problems := tag_problems(add, remove):
            raise InvalidCommand(problems, "option", HINT)
        recorder = Recorder(self._own(runs))
        for run in runs:
            new, gone = [tag for tag in add if tag not in run.tags], [tag for tag in run.tags if shown(tag) in remove]
            if new or gone:
                recorder.tagged(run.id, new, gone)
        return self._changed(runs)

    def _own(self, runs: Sequence[Run]) -> Store:
        """The store, where all these runs are in it. Raises InvalidCommand."""
        for run in runs:
            if self._store.index.run(run.id) is None:
                raise RunflowError(f"Run {run.short} is of another store: it can be looked at, and not changed.")
        return self._store

    def _changed(self, runs: Sequence[Run]) -> Told:
        now = self.history.runs([run.id for run in runs])
        tags = [shown(tag) for tag in self.history.tags()[:OFFERED]]
        return {"told": "changed", "runs": [looked_at(run) for run in now[:LARGEST_PAGE]], "tags": tags}


def said(text: str, *, wrong: bool = False) -> Told:
    """Words for the person."""
    return {"told": "said", "text": shown(text), "wrong": wrong}


def _texts(value: Any) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []
