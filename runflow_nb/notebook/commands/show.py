"""`%runflow show RUN`: a run as its own cell shows it."""

from __future__ import annotations

from IPython import get_ipython

from ..arguments import Arguments
from ..facts import facts_bundle
from ..operands import one_run
from ..outputs import publish
from ..showing import Manner, show


def run(arguments: Arguments) -> None:
    """Picture and caption; all facts where there is no picture. Raises InvalidCommand where no run is meant."""
    shell = get_ipython()
    found = one_run("show", arguments)
    if found.delivered:
        show(shell, found, Manner(unveiled=arguments.on("--show")))
    else:
        publish(facts_bundle(found))
