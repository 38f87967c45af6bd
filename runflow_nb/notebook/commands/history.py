"""`%runflow history`"""

from __future__ import annotations

from ... import calls
from ..arguments import Arguments
from ..outputs import publish
from ..tables import history_bundle


def run(arguments: Arguments) -> None:
    """The newest runs of this notebook as a table; with --all those of the store."""
    publish(history_bundle(calls.history(all=arguments.on("--all"))))
