"""`%runflow settle RUN --billed|--not-billed`: closes a run of which nobody can tell whether it was accepted."""

from __future__ import annotations

from IPython import get_ipython

from .... import calls
from ....engine.engine import Engine
from ....engine.settling import in_the_call, objection, settle
from ....errors import DownloadFailed, NotSettled, RunUnknown
from ....money import usd
from ....record.run import Run
from ....settings import Settings
from ...showing.outputs import say
from ...showing.screen import Screen
from ...waiting import wait_on
from ..arguments import Arguments, usage_error
from ..operands import one_run

BILLED, NOT_BILLED = "--billed", "--not-billed"


def run(arguments: Arguments) -> None:
    """Look for the run once more where that can be done, for nothing; if it is not found, write the word down.

    Raises InvalidCommand; NotSettled where the run has an end of its own; what collecting it raises where the API has
    it and cannot give it now.
    """
    billed = arguments.on(BILLED)
    if billed == arguments.on(NOT_BILLED):
        raise usage_error("", "settle", f"takes one of {BILLED} and {NOT_BILLED}: what you found at app.runflow.io")
    found = one_run("settle", arguments)
    settings = calls.session().settings()
    engine = calls.session().engine(settings, calls.notebook_of(settings))
    if reason := objection(found) or in_the_call(engine.store, found):
        raise NotSettled(found, reason)
    if _collected(engine, found, settings):
        say(f"Run {found.short} was found and collected: there is nothing to settle.")
        return
    counted = calls.session().loop.away(settle, engine.store, found, billed)
    word = f"as billed: {usd(counted)} stay counted" if billed else "as not billed: nothing is counted"
    say(f"Run {found.short} is settled {word}. Its take is free: the same request would be bought anew.")


def _collected(engine: Engine, found: Run, settings: Settings) -> bool:
    """Whether it came to an end of its own after all."""
    if found.phase == "settled":
        return False
    here = settings.online and engine.connection.origin == found.origin
    if not here and not engine.is_at(found):
        if found.phase == "accepted":
            raise NotSettled(found, f"{found.origin} accepted it: connect there, and %runflow resume collects it")
        return False
    try:
        wait_on(engine.collect(found, settings), settings, Screen(get_ipython()))
    except RunUnknown:
        return False
    except DownloadFailed as failed:
        if failed.lasting:
            raise
        return False
    return True
