"""Runflow pictures in Jupyter: paid once, never lost, shown anywhere.

`%load_ext runflow_nb` gives the magics `%%nanobanana` and `%runflow`; `generate`, `edit`, `history` and `connect` are
the same from Python, and `runflow_nb.aio` has their async twins.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import aio as aio
    from . import callbacks as callbacks
    from . import errors as errors
    from .calls import callback_secret as callback_secret
    from .calls import connect as connect
    from .calls import edit as edit
    from .calls import generate as generate
    from .calls import history as history
    from .calls import remake as remake
    from .engine.job import Job as Job
    from .models.price import Estimate as Estimate
    from .notebook.references.recipes import cell_of as cell_of
    from .record.embedding.reading import recipe_of as recipe_of
    from .record.embedding.recipe import Recipe as Recipe
    from .record.history import History as History
    from .record.run import Run as Run
    from .widgets.compare import Compare as Compare
    from .widgets.gallery.gallery import Gallery as Gallery
    from .widgets.studio.studio import Studio as Studio

__version__ = "0.5.0"

_SUBCOMMANDS = ("runflow_nb.widgets.subcommands",)
"""Tables of subcommands that the notebook's room does not know of."""
_HOME = {
    "Compare": ".widgets.compare",
    "Estimate": ".models.price",
    "Gallery": ".widgets.gallery.gallery",
    "History": ".record.history",
    "Job": ".engine.job",
    "Recipe": ".record.embedding.recipe",
    "Run": ".record.run",
    "Studio": ".widgets.studio.studio",
    "aio": ".aio",
    "callback_secret": ".calls",
    "callbacks": ".callbacks",
    "cell_of": ".notebook.references.recipes",
    "connect": ".calls",
    "edit": ".calls",
    "errors": ".errors",
    "generate": ".calls",
    "history": ".calls",
    "recipe_of": ".record.embedding.reading",
    "remake": ".calls",
}

__all__ = [
    "Compare",
    "Estimate",
    "Gallery",
    "History",
    "Job",
    "Recipe",
    "Run",
    "Studio",
    "aio",
    "callback_secret",
    "callbacks",
    "cell_of",
    "connect",
    "edit",
    "errors",
    "generate",
    "history",
    "recipe_of",
    "remake",
]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(home, __name__)
    value = module if home == f".{name}" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext runflow_nb`: registers the magics; all that is heavy comes with their first use."""
    from .notebook.extension import load

    load(ipython, _SUBCOMMANDS)


def unload_ipython_extension(ipython: Any) -> None:
    """`%unload_ext runflow_nb`: puts back what was there before."""
    from .notebook.extension import unload

    unload(ipython)
