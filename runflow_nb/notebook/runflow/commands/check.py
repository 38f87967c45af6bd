"""`%runflow check`: whether the store is what its journal and, when asked, the server say. Only reads."""

from __future__ import annotations

from .... import calls
from ....engine.server_runs import ask_server
from ....errors import NotConnected
from ....record.audit.compare import compare, compared
from ....record.audit.report import report_text
from ....record.audit.store import check_store
from ...showing.outputs import say
from ..arguments import Arguments, usage_error


def run(arguments: Arguments) -> None:
    """Each finding with its remedy, and the figures. Raises InvalidCommand, StoreUnavailable; with --connected also
    NotConnected, and what asking the API raises."""
    settings = calls.session().settings()
    connected = arguments.on("--connected")
    if connected and settings.reuse == "only":
        raise usage_error("", "--connected", 'asks the API, and reuse is "only"', "%runflow config reuse=on")
    if connected and not settings.connected:
        raise NotConnected
    audit = check_store(calls.current_store().root, settings.key)
    findings, remarks = list(audit.findings), list[str]()
    if connected:
        connection = calls.session().engine(settings, calls.notebook_of(settings)).connection
        server = calls.session().loop.run(ask_server(connection, audit.runs))
        findings += compare(audit.runs, server, shared=arguments.on("--shared"))
        remarks.append(compared(audit.runs, server))
    say(report_text(findings, audit.figures, remarks, every=arguments.on("--every")))
