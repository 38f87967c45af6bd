"""`%runflow check`: whether the store, or what lies at a path, is what the records and, when asked, the server say.
Only reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from .... import calls
from ....engine.server_runs import ask_server
from ....errors import NotConnected
from ....record.audit.compare import compare, compared
from ....record.audit.report import report_text
from ...checking.targets import Checked, Manner, check, check_root
from ...showing.outputs import say
from ..arguments import HINT, Arguments, usage_error


def run(arguments: Arguments) -> None:
    """Each finding with its remedy, and the figures. Raises InvalidCommand, NotANotebook, NotUnpacked,
    StoreUnavailable; with --connected also NotConnected, and what asking the API raises."""
    settings = calls.session().settings()
    connected = arguments.on("--connected")
    if connected and settings.reuse == "only":
        raise usage_error("", "--connected", 'asks the API, and reuse is "only"', "%runflow config reuse=on")
    if connected and not settings.connected:
        raise NotConnected
    store = calls.current_store().root
    manner = Manner(datetime.now(UTC), settings.key, store)
    for word in arguments.words or (None,):
        checked = check_root(store, manner) if word is None else check(Path(word).expanduser(), manner, HINT)
        if connected and checked.kind == "store":
            checked = _asked(checked, shared=arguments.on("--shared"))
        say(report_text(checked.findings, checked.looked_at, checked.remarks, every=arguments.on("--every")))


def _asked(checked: Checked, *, shared: bool) -> Checked:
    """With what the server says otherwise."""
    settings = calls.session().settings()
    connection = calls.session().engine(settings, calls.notebook_of(settings)).connection
    server = calls.session().loop.run(ask_server(connection, checked.runs))
    more = tuple(compare(checked.runs, server, shared=shared))
    remarks = (*checked.remarks, compared(checked.runs, server))
    return replace(checked, findings=checked.findings + more, remarks=remarks)
