"""`runflow-nb check`: whether notebooks, stores and packs are what the records and the server say, and fit to be handed
on. Only reads, unless --fix is given."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from .. import settings as settings_module
from ..clock import SystemClock
from ..engine.connection import Connection
from ..engine.server_runs import ask_server
from ..errors import InvalidCommand, NotConnected, NotUnpacked, Problem, RunflowError
from ..models.validate import brief_path
from ..notebook.checking.targets import Checked, Manner, check
from ..plain import visible
from ..record.audit.compare import ServerRuns, compare, compared
from ..record.audit.known import Known
from ..record.audit.report import inert_line, report_text
from ..secret import without_keys
from ..settings import FOLDER, SANDBOX, Settings
from .stores import existing_store

HINT = "All options: runflow-nb check --help"
CLEAN, FOUND, MISUSED = 0, 1, 2
STATUS = "Exit status: 0 nothing was found, 1 something was and is still there, 2 something could not be checked."
FORM = 1
"""Raised when readers of --json would have to be changed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is checked, whether the server is asked, what is put right, and how much is said."""
    parser.epilog = STATUS
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="NOTEBOOK|STORE|ZIP",
        help=f"saved notebooks, stores and packs, in any order (default: RUNFLOW_NB_STORE, else {FOLDER} here)",
    )
    parser.add_argument("--fix", action="store_true", help="put right what is safe; what is paid for is never touched")
    parser.add_argument("--dry-run", action="store_true", help="with --fix: only say what would be put right")
    parser.add_argument(
        "--store", type=Path, metavar="FOLDER", help=f"notebooks' store (RUNFLOW_NB_STORE, else {FOLDER} beside each)"
    )
    parser.add_argument(
        "--connected", action="store_true", help="compare stores with the server's list of runs; free of charge"
    )
    parser.add_argument(
        "--shared", action="store_true", help="the key's organisation has other stores too: their runs are no findings"
    )
    parser.add_argument("--every", action="store_true", help="list every finding, not the first 20 of a kind")
    parser.add_argument("--json", action="store_true", help="say all of it as one JSON object")
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing of what has no findings")


def run(options: argparse.Namespace) -> int:
    """Print each finding with its remedy, and the figures; the exit status is 0 where nothing was found, 1 where
    something was and is still there, and 2 where something could not be checked."""
    try:
        settings = settings_module.resolve()
        if options.dry_run and not options.fix:
            raise InvalidCommand([Problem("--dry-run", "", "belongs to --fix", "--fix --dry-run")], "option", HINT)
        if options.connected:
            _refuse_unconnected(settings)
        paths = options.paths or [_here()]
    except RunflowError as error:
        return _refused(error)
    manner = Manner(
        datetime.now(UTC), settings.key, options.store or settings.store, fix=options.fix, dry_run=options.dry_run
    )
    return _Check(options, settings, manner).all(paths)


class _Check:
    """One call of the verb."""

    def __init__(self, options: argparse.Namespace, settings: Settings, manner: Manner) -> None:
        self._options = options
        self._settings = settings
        self._manner = manner

    def all(self, paths: Sequence[Path]) -> int:
        """Check one after the other, and say what came of it; the exit status."""
        status, told = CLEAN, []
        for path in paths:
            try:
                checked = self._one(path)
            except NotUnpacked as error:
                status = max(status, _refused(error, f"Not checked: {error.pack} {error.reason}."))
                continue
            except RunflowError as error:
                status = max(status, _refused(error))
                continue
            if checked.findings:
                status = max(status, FOUND)
            if self._options.json:
                told.append(_as_json(path, checked))
            elif checked.findings or checked.fixes or not self._options.quiet:
                print(self._text(path, checked, several=len(paths) > 1), flush=True)
        if self._options.json:
            print(json.dumps({"form": FORM, "checked": told}, indent=1))
        return status

    def _one(self, path: Path) -> Checked:
        checked = check(path, self._manner, HINT)
        if not self._options.connected or checked.kind != "store":
            return checked
        server = asyncio.run(_ask(self._settings, checked.runs))
        more = tuple(compare(checked.runs, server, shared=self._options.shared))
        remarks = (*checked.remarks, compared(checked.runs, server))
        return replace(checked, findings=checked.findings + more, remarks=remarks)

    def _text(self, path: Path, checked: Checked, *, several: bool) -> str:
        done = "Would fix" if self._options.dry_run else "Fixed"
        fixes = [inert_line(f"{done}: {fix}") for fix in checked.fixes]
        said = [*fixes, *map(inert_line, checked.remarks)]
        text = report_text(checked.findings, checked.looked_at, said, every=self._options.every)
        return f"{inert_line(brief_path(str(path)))}\n{text}\n" if several else text


def _here() -> Path:
    """The store that is meant where nothing is named. Raises InvalidCommand."""
    return existing_store(argparse.Namespace(store=None, notebook=None), HINT).root


def _refused(error: RunflowError, text: str = "") -> int:
    print(visible(text or str(error)), file=sys.stderr)
    return MISUSED


def _as_json(path: Path, checked: Checked) -> dict[str, object]:
    findings = [{name: without_keys(text) for name, text in asdict(one).items()} for one in checked.findings]
    return {
        "path": without_keys(str(path)),
        "kind": checked.kind,
        "findings": findings,
        "fixes": list(map(without_keys, checked.fixes)),
        "remarks": list(map(without_keys, checked.remarks)),
    }


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
