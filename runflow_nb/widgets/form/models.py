"""Models that a form offers: the catalog, what this process was told of, and what the notebook's store remembers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ... import calls
from ...engine.model_list import is_foreign
from ...errors import RunflowError
from ...models.catalog import CATALOG, declare, known, known_models
from ...models.declared import declared_spec, untyped_spec
from ...record.store import Store

MOST = 200
"""Models of one list; any other goes by its name."""


@dataclass(frozen=True, slots=True)
class Models:
    """Where models come from."""

    remembered: Callable[[], Sequence[str]]
    """Ids, by what lies on the disk. Sends nothing."""
    recall: Callable[[str], None]
    """Let one of these be found from now on. Sends nothing."""
    listed: Callable[[], int]
    """Ask the API for its list, and let each model of it be found; how many. Blocks, and raises RunflowError."""

    def offered(self, chosen: str) -> tuple[str, ...]:
        """Ids in the order in which they are offered, the chosen one among them."""
        others = sorted(name for name in {*known_models(), *self.remembered()} if is_foreign(name))[:MOST]
        ids = [*CATALOG, *others]
        return tuple(ids if chosen in ids else [*ids, chosen])


def of_notebook() -> Models:
    """The models of the notebook that is calling."""
    store = calls.current_store()
    return Models(store.declarations.models, lambda name: _recall(name, store), _listed)


def model_name(model: str) -> str:
    """What a model is called where one is chosen: one that no page describes by its id, which is its own alone."""
    return CATALOG[model].name if model in CATALOG else model


def learn(model: str) -> None:
    """Let the model of a run on record be found from now on: as it is remembered or the API tells, else as one of
    which nothing is known. Blocks."""
    with suppress(RunflowError):
        calls.learn_model(model, calls.session().settings())
    _recall(model, calls.current_store())


def _recall(model: str, store: Store) -> None:
    if known(model) is None and is_foreign(model):
        declared = store.declarations.find(model, None)
        declare(untyped_spec(model) if declared is None else declared_spec(model, declared.record))


def _listed() -> int:
    settings = calls.session().settings()
    if settings.reuse == "only":
        raise RunflowError('The API is not asked while reuse is "only": allow it with %runflow config reuse=on.')
    return len(calls.session().engine(settings, calls.notebook_of(settings)).list_models())


def told(count: int) -> str:
    """What is said once the API's list is here."""
    if not count:
        return "The API lists no other models."
    rest = f" The first {MOST} can be chosen, any other by its name: Studio(model=...)." if count > MOST else ""
    return f"The API lists {count} more model{'s' if count != 1 else ''}: choose above.{rest}"


def asking_failed(error: Exception) -> str:
    """Why the list did not come."""
    ours = isinstance(error, RunflowError)
    return str(error).partition("\n")[0] if ours else f"{type(error).__name__}: {error}"
