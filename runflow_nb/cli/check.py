"""`runflow-nb check`: whether a store is what its journal and the server say. Only reads."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from .. import settings as settings_module
from ..clock import SystemClock
from ..engine.connection import Connection
from ..engine.server_runs import ask_server
from ..errors import InvalidCommand, NotConnected, Problem, RunflowError
from ..models.validate import brief_path
from ..record.audit.compare import ServerRuns, compare, compared
from ..record.audit.known import Known
from ..record.audit.report import report_text
from ..record.audit.store import check_store, is_store
from ..settings import FOLDER, SANDBOX, Settings
from .stores import existing_store

HINT = "All options: runflow-nb check --help"
CLEAN, FOUND, MISUSED = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The store, whether the server is asked, and how much is listed."""
    parser.add_argument(
        "store", nargs="?", type=Path, metavar="STORE", help=f"its folder (RUNFLOW_NB_STORE, else {FOLDER} here)"
    )
    parser.add_argument(
        "--connected", action="store_true", help="compare with the server's list of runs too; free of charge"
    )
    parser.add_argument(
        "--shared", action="store_true", help="the key's organisation has other stores too: their runs are no findings"
    )
    parser.add_argument("--every", action="store_true", help="list every finding, not the first 20 of a kind")


def run(options: argparse.Namespace) -> int:
    """Print each finding with its remedy, and the figures; the exit status is 0 where nothing was found, 1 where
    something was, and 2 where nothing could be checked."""
    try:
        return _checked(options)
    except RunflowError as error:
        print(error, file=sys.stderr)
        return MISUSED


def _checked(options: argparse.Namespace) -> int:
    root = _root(options.store)
    settings = settings_module.resolve()
    if options.connected:
        _refuse_unconnected(settings)
    audit = check_store(root, settings.key)
    findings, remarks = list(audit.findings), list[str]()
    if options.connected:
        server = asyncio.run(_ask(settings, audit.runs))
        findings += compare(audit.runs, server, shared=options.shared)
        remarks.append(compared(audit.runs, server))
    print(report_text(findings, audit.figures, remarks, every=options.every))
    return FOUND if findings else CLEAN


def _root(given: Path | None) -> Path:
    """The folder of the store that is meant: itself, or the one that holds it. Raises InvalidCommand."""
    if given is not None and is_store(given / FOLDER):
        return (given / FOLDER).absolute()
    root = existing_store(argparse.Namespace(store=given, notebook=None), HINT).root
    if not is_store(root):
        raise InvalidCommand([Problem("", brief_path(str(root)), "holds no journal and no pictures")], "option", HINT)
    return root


def _refuse_unconnected(settings: Settings) -> None:
    """Raises InvalidCommand, NotConnected where there is nobody to ask."""
    if settings.reuse == "only":
        reason = 'asks the API, and reuse is "only"'
        raise InvalidCommand([Problem("", "--connected", reason, "RUNFLOW_NB_REUSE=on")], "option", HINT)
    if settings.base_url == SANDBOX:
        reason = "asks a server, and RUNFLOW_BASE_URL=sandbox is one of its own in each process"
        raise InvalidCommand(
            [Problem("", "--connected", reason, "RUNFLOW_BASE_URL=http://127.0.0.1:PORT")], "option", HINT
        )
    if not settings.connected:
        raise NotConnected


async def _ask(settings: Settings, runs: Sequence[Known]) -> ServerRuns:
    connection = Connection(settings.base_url, settings.key, SystemClock(), organization=settings.organization)
    try:
        return await ask_server(connection, runs)
    finally:
        await connection.close()
