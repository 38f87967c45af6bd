"""`runflow-nb resume`: collects what was cut off, without a notebook. Never sends a create."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import replace

from .. import calls
from ..engine.resuming import Resumed, Resuming, resumable
from ..errors import InvalidCommand, NotConnected, Problem, RunflowError
from ..notebook.views.resumed_view import resumed_bundle, waiting_text
from ..record.listing import WIDTH
from .stores import add_store_arguments, existing_store

HINT = "All options: runflow-nb resume --help"
INTERVAL = 0.2
"""Seconds between two looks."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The store. The key comes from the environment."""
    add_store_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Bring every open run to its end; the exit status is 1 where some are as open as before.

    Raises InvalidCommand, InvalidSetting, NotConnected.
    """
    root = existing_store(options, HINT).root
    settings = replace(calls.session().settings(), store=root)
    engine = calls.session().engine(settings)
    runs = resumable(engine.store)
    if runs and settings.reuse == "only":
        reason = 'asks the API, and reuse is "only"'
        raise InvalidCommand([Problem("", "resume", reason, "RUNFLOW_NB_REUSE=on")], "option", HINT)
    if runs and not settings.connected:
        raise NotConnected
    resumed = _watched(Resuming(engine, runs, settings), settings.wait_limit)
    if settings.online:
        with suppress(RunflowError):  # asked again another time
            resumed = replace(resumed, priced=engine.ask_costs())
    print(resumed_bundle(resumed, shutil.get_terminal_size((WIDTH, 0)).columns)["text/plain"])
    return 1 if resumed.left else 0


def _watched(resuming: Resuming, limit: float) -> Resumed:
    """Wait for all of them, with a line on a terminal's stderr that tells how far it is."""
    begun, moves = time.monotonic(), sys.stderr.isatty()
    while (job := resuming.next()) is not None and time.monotonic() - begun < limit:
        if moves:
            text = waiting_text(resuming.ended, len(resuming), time.monotonic() - begun)
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        with suppress(TimeoutError, RunflowError):
            job.wait(INTERVAL)
    if moves and len(resuming):
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    return resuming.resumed(time.monotonic() - begun)
