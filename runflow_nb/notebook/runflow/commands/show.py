"""`%runflow show RUN`: a run as its own cell shows it."""

from __future__ import annotations

from IPython import get_ipython

from .... import calls
from ....engine.refetch import NotBroughtBack, bring_back
from ....errors import NotConnected
from ....record.run import Run
from ...showing.outputs import publish
from ...showing.screen import Manner, show
from ...views.facts import facts_bundle
from ..arguments import Arguments, usage_error
from ..operands import one_run

FETCH = "--fetch"


def run(arguments: Arguments) -> None:
    """Picture and caption; all facts where there is no picture. With --fetch originals that are missing come back
    first. Raises InvalidCommand where no run is meant or they cannot; and what asking the API raises."""
    shell = get_ipython()
    found = one_run("show", arguments)
    if not found.delivered:
        publish(facts_bundle(found))
        return
    if arguments.on(FETCH):
        _fetch(found)
    show(shell, found, Manner(unveiled=arguments.on("--show")))


def _fetch(found: Run) -> None:
    settings = calls.session().settings()
    if settings.reuse == "only":
        raise usage_error("", FETCH, 'asks the API, and reuse is "only"', "%runflow config reuse=on")
    if not settings.connected:
        raise NotConnected
    session = calls.session()
    engine = session.engine(settings, calls.notebook_of(settings))
    try:
        session.loop.run(bring_back(engine.connection, engine.store, session.clock, found))
    except NotBroughtBack as reason:
        raise usage_error("", f"run {found.short}", str(reason)) from None
