"""`%runflow history`"""

from __future__ import annotations

from ... import calls
from ..outputs import publish
from ..runflow import flags, usage_error
from ..tables import history_bundle


def run(rest: str) -> None:
    """The newest runs of this notebook as a table; with --all those of the store."""
    words, given = flags(rest, ("--all",))
    if words:
        raise usage_error("", words[0], "is left over: history takes --all")
    publish(history_bundle(calls.history(all="--all" in given)))
