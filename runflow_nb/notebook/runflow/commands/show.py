"""`%runflow show RUN`: a run as its own cell shows it."""

from __future__ import annotations

from IPython import get_ipython

from ...showing.outputs import publish
from ...showing.screen import Manner, show
from ...views.facts import facts_bundle
from ..arguments import Arguments
from ..operands import one_run


def run(arguments: Arguments) -> None:
    """Picture and caption; all facts where there is no picture. Raises InvalidCommand where no run is meant."""
    shell = get_ipython()
    found = one_run("show", arguments)
    if found.delivered:
        show(shell, found, Manner(unveiled=arguments.on("--show")))
    else:
        publish(facts_bundle(found))
