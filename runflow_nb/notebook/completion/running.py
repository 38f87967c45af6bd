"""What completion may ask of a running notebook: answered from memory and the store's index, or left out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ... import settings
from ...models.catalog import known_models
from ...record.run import Run
from ..cell.prompt import is_template
from ..cell.typed import take_apart

T = TypeVar("T")
PATIENCE = 0.04
"""Seconds that a Tab waits for the store. An index that is still being read answers the next one."""
RUNS_READ = 100

_turn = threading.Lock()
"""One question at a time: behind an index that takes long to read no more may gather."""


class RunningNotebook:
    """The notebook of this shell."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell

    @property
    def names(self) -> Mapping[str, Any]:
        """The notebook's variables, without IPython's own and those with an underscore."""
        hidden = self._shell.user_ns_hidden
        names = dict(self._shell.user_ns)
        return {name: names[name] for name in sorted(names) if not name.startswith("_") and name not in hidden}

    @property
    def folder(self) -> Path:
        """Where relative paths begin."""
        return Path.cwd()

    @property
    def default_model(self) -> str | None:
        """The model of cells that name none, where one is set."""
        return str(settings.where("model").value) or None

    @property
    def models(self) -> Sequence[str]:
        """Full ids: of the catalog, then of what this process and the store know."""
        remembered = within(PATIENCE, _remembered) or []
        return list(dict.fromkeys([*known_models(), *remembered]))

    def runs(self) -> Sequence[Run]:
        """Recent runs of the store, newest first."""
        return within(PATIENCE, _recent) or ()

    def last_shown(self) -> Run | None:
        """The run that was shown last."""
        return within(PATIENCE, lambda: _last_shown(self._shell))

    def takes(self, line: str, body: str | None) -> Sequence[int] | None:
        """The takes on record of what this cell asks for; None where a template or a picture decides what that is."""
        return within(PATIENCE, lambda: _held(line, body))


def within(seconds: float, question: Callable[[], T]) -> T | None:
    """The answer, or None where there is none in time; what was begun goes on and makes the next answer a fast one."""
    if not _turn.acquire(blocking=False):
        return None
    answers: list[T] = []
    answered = threading.Event()

    def work() -> None:
        try:
            answers.append(question())
        except Exception:  # noqa: BLE001, S110 - what cannot be read is not offered; the next cell says why
            pass
        finally:
            _turn.release()
            answered.set()

    threading.Thread(target=work, name="runflow-completion", daemon=True).start()
    answered.wait(seconds)
    return next(iter(answers), None)


def _recent() -> list[Run]:
    from ... import calls

    return calls.current_store().index.query(limit=RUNS_READ)


def _remembered() -> list[str]:
    from ... import calls

    return calls.current_store().declarations.models()


def _last_shown(shell: Any) -> Run | None:
    from ..showing.shown import last_shown

    return last_shown(shell)


def _held(line: str, body: str | None) -> list[int] | None:
    from ... import calls
    from ..asked import ask

    typed = take_apart(line, body)
    if is_template(line) or is_template(typed.prompt):
        return None
    request = ask(typed, {}, defaults=calls.session().settings().defaults).request
    if request.images:
        return None
    return sorted(calls.current_store().index.slots(None, request.recipe(()), request.seed))
