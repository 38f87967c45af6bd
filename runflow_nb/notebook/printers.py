"""How our own types are shown when they are the closing value of a cell, or handed to `display`."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from IPython import get_ipython

from ..models.price import Estimate
from ..record.history import History
from ..record.image import Image
from ..record.run import Run
from .bundles import image_bundle
from .outputs import publish
from .showing import show, shown_here
from .tables import estimate_table, history_bundle, history_table

DEPTH = 12
"""Frames between a closing value and its printer are fewer than this."""


def print_run(run: Run) -> None:
    """Picture and caption; nothing where the cell has shown the run already and it is merely its closing value."""
    shell = get_ipython()
    if run.id in shown_here(shell) and _closing(shell):
        return
    if run.delivered:
        show(shell, run)
    else:
        publish(history_table([run]).bundle())


def print_image(image: Image) -> None:
    """A small picture of the original."""
    publish(image_bundle(image))


def print_history(history: History) -> None:
    """The newest runs as a table."""
    publish(history_bundle(history))


def print_estimate(estimate: Estimate) -> None:
    """The price and what makes it up."""
    publish(estimate_table(estimate).bundle())


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
