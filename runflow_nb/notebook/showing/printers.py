"""How our own types are shown when they are the closing value of a cell, or handed to `display`."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from IPython import get_ipython

from ... import calls
from ...engine.job import Job
from ...errors import RunflowError
from ...models.price import Estimate
from ...record.history import History
from ...record.image import Image
from ...record.run import Run
from ..interactive import in_terminal
from ..views.bundles import image_bundle
from ..views.estimates import estimate_table
from ..views.facts import facts_bundle
from ..views.history_view import history_bundle
from ..views.live import error_bundle, live_text
from .outputs import publish, say
from .screen import show
from .shown import shown_here

DEPTH = 12
"""Frames between a closing value and its printer are fewer than this."""

WAIT = "In the background: .wait() gives the run."


def print_run(run: Run) -> None:
    """Picture and caption; nothing where the cell has shown the run already and it is merely its closing value."""
    shell = get_ipython()
    if run.id in shown_here(shell) and _closing(shell):
        _name(shell, f"run {run.short}")
        return
    if run.delivered:
        show(shell, _unless_forgotten(run))
    else:
        publish(facts_bundle(run))


def _unless_forgotten(run: Run) -> Run:
    """The run as it was held, or, where it was forgotten since, what is left of it."""
    try:
        known = calls.current_store().index.run(run.id)
    except RunflowError:
        return run
    return known if known is not None and known.forgotten else run


def print_job(job: Job) -> None:
    """How far it is; nothing where it is merely the closing value of the cell that began it."""
    shell = get_ipython()
    if id(job) in shown_here(shell) and _closing(shell):
        _name(shell, WAIT)
        return
    if not job.done():
        say(f"{live_text(job.progress())}\n{WAIT}")
        return
    try:
        run = job.wait()
    except RunflowError as error:
        publish(error_bundle(error))
    else:
        show(shell, run)


def print_image(image: Image) -> None:
    """A small picture of the original."""
    publish(image_bundle(image))


def print_history(history: History) -> None:
    """The newest runs as a table."""
    publish(history_bundle(history))


def print_estimate(estimate: Estimate) -> None:
    """The price and what makes it up."""
    publish(estimate_table(estimate).bundle())


def _name(shell: Any, name: str) -> None:
    # A terminal has written `Out[3]: ` before it asks.
    if in_terminal(shell):
        say(name)


def _closing(shell: Any) -> bool:
    """Whether IPython's display hook asks, and not a call of `display`."""
    frame: FrameType | None = sys._getframe(1)
    hook = shell.displayhook
    for _ in range(DEPTH):
        if frame is None:
            return False
        if frame.f_code.co_name == "compute_format_data" and frame.f_locals.get("self") is hook:
            return True
        frame = frame.f_back
    return False
