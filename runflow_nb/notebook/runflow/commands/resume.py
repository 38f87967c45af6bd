"""`%runflow resume`: collects what was cut off; never sends a create."""

from __future__ import annotations

import time
from contextlib import suppress

from IPython import get_ipython

from .... import calls
from ....engine.engine import Engine
from ....engine.resuming import Resumed, Resuming, resumable
from ....engine.waiter import waiter
from ....errors import NotConnected, RunflowError, WaitInterrupted
from ....record.listing import WIDTH
from ....settings import Settings
from ...interactive import text_width
from ...showing.line import MovingLine
from ...showing.outputs import publish
from ...showing.screen import show
from ...views.live import INTERVAL
from ...views.resumed_view import resumed_bundle, waiting_text
from ..arguments import Arguments, usage_error


def run(_: Arguments) -> None:
    """Bring every open run of the store to its end, all at once, and tell what became of each.

    Raises InvalidCommand where `reuse` is "only", NotConnected, WaitInterrupted.
    """
    settings = calls.session().settings()
    engine = calls.session().engine(settings, calls.notebook_of(settings))
    runs = resumable(engine.store)
    if runs and settings.reuse == "only":
        raise usage_error("", "resume", 'asks the API, and reuse is "only": allow it with %runflow config reuse=on')
    if runs and not settings.connected:
        raise NotConnected
    resumed = _watched(engine, Resuming(engine, runs, settings), settings)
    shell = get_ipython()
    if len(resumed.collected) == 1 and not (resumed.closed or resumed.left):
        show(shell, resumed.collected[0])
        return
    publish(resumed_bundle(resumed, text_width(shell, WIDTH)))


def _watched(engine: Engine, resuming: Resuming, settings: Settings) -> Resumed:
    """Wait for all of them, with a line that tells how far it is."""
    line, begun, wait = MovingLine(get_ipython()), time.monotonic(), waiter(settings.wait)
    try:
        while (job := resuming.next()) is not None and time.monotonic() - begun < settings.wait_limit:
            line.say(waiting_text(resuming.ended, len(resuming), time.monotonic() - begun))
            with suppress(TimeoutError, RunflowError):
                wait(job, INTERVAL)
    except KeyboardInterrupt:
        line.end("Stopped waiting; the runs go on.")
        raise WaitInterrupted("") from None
    waited = time.monotonic() - begun
    line.end(waiting_text(resuming.ended, len(resuming), waited))
    priced = None
    if settings.online:
        with suppress(RunflowError):  # asked again another time
            priced = engine.ask_costs()
    return resuming.resumed(waited, priced)
