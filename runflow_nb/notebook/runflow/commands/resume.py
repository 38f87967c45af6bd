"""`%runflow resume`: collects what was cut off; never sends a create."""

from __future__ import annotations

from IPython import get_ipython

from .... import calls
from ....errors import RunflowError
from ....plain import shortened
from ...showing.outputs import say
from ...showing.screen import Screen
from ...waiting import wait_on
from ..arguments import Arguments

PROMPT_LENGTH = 60


def run(_: Arguments) -> None:
    """Bring every open run of the store to its end, all at once, and show each. Raises the first error, at the end."""
    settings = calls.session().settings()
    engine = calls.session().engine(settings, calls.notebook_of(settings))
    jobs = [(found, engine.collect(found)) for found in engine.open_runs()]
    if not jobs:
        say("No run is open: nothing to collect.")
    errors: list[RunflowError] = []
    for found, job in jobs:
        try:
            wait_on(job, settings, Screen(get_ipython()))
        except RunflowError as error:
            errors.append(error)
            say(f"{shortened(found.prompt, PROMPT_LENGTH)}\n{error}")
    if errors:
        raise errors[0]
