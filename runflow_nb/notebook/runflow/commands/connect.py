"""`%runflow connect live|sandbox`: prints one line that is always the same, and sends nothing. Alone it asks the API
whose key this is and what is left."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from .... import calls
from ....engine.standing import Standing, ask_standing
from ....errors import NoKey, RunflowError
from ....models.nearest import nearest
from ....models.validate import brief
from ....money import usd
from ....settings import SANDBOX, Settings
from ...lasting import outlives, passing_system, warning
from ...showing.outputs import publish, say
from ...views.tables import Table
from ..arguments import Arguments, usage_error

TARGETS = ("live", SANDBOX)
LINES = {
    "live": "Connected to Runflow (live): runs are billed.",
    SANDBOX: "Connected to the sandbox on this machine: nothing is billed.",
}
WAYS = (
    "Not connected. Ways on: %runflow connect live (asks for your key, or takes RUNFLOW_API_KEY), "
    "or %runflow connect sandbox (paints for nothing)."
)
NOT_ASKED = "Nothing was asked: reuse is only."

_warned: list[str] = []
"""The systems that were warned of in this kernel: once is enough."""


def run(arguments: Arguments) -> None:
    """Choose the API; asks for a key in a hidden prompt where none is known, or with --ask. Alone: show the connection.

    Raises NoKey, InvalidCommand, InvalidSetting; alone also KeyRefused and its kind, and ServerUnavailable.
    """
    if not arguments.words and not arguments.flags:
        _show(calls.session().settings())
        return
    target = arguments.words[0] if arguments.words else ""
    if target not in TARGETS and "://" not in target:
        instead = f", not {brief(target)}" if target else ""
        raise usage_error("", "connect", f"takes live or sandbox{instead}", nearest(target, TARGETS))
    keyring = arguments.on("--keyring")
    try:
        calls.connect(target, api_key=_ask(keyring) if arguments.on("--ask") else None, keyring=keyring)
    except NoKey:
        calls.connect(target, api_key=_ask(keyring), keyring=keyring)
    say("\n".join([LINES.get(target, f"Connected to {target}."), *_passing()]))


def _passing() -> list[str]:
    """Said once in a kernel whose disk goes with it."""
    system = passing_system(os.environ)
    if system is None or system in _warned or outlives(calls.current_store().root, Path.is_mount):
        return []
    _warned.append(system)
    return [warning(system)]


def _show(now: Settings) -> None:
    connection = calls.session().engine(now, calls.notebook_of(now)).connection
    if not now.connected or now.reuse == "only":
        _publish(now, connection.origin, None, WAYS if not now.connected else NOT_ASKED)
        return
    try:
        standing = calls.session().loop.run(ask_standing(connection))
    except RunflowError:
        _publish(now, connection.origin, None)
        raise
    _publish(now, connection.origin, standing)


def _publish(now: Settings, origin: str, standing: Standing | None, remark: str = "") -> None:
    rows = [("API", now.base_url), ("origin", origin), ("key", "set" if now.key else "not set")]
    if now.organization:
        rows.append(("organisation set", now.organization))
    if standing is not None:
        balance = "not told to this key" if standing.balance is None else usd(standing.balance.amount)
        rows.append(("organisation", ", ".join(standing.organizations) or "not told"))
        rows.append(("balance", f"{balance} play money" if origin == SANDBOX else balance))
    publish(Table(("connection", ""), tuple(rows), remark=remark).bundle())


def _ask(keyring: bool) -> str:
    """The key, typed into a prompt that shows nothing. Raises NoKey where nobody can be asked."""
    try:
        return getpass.getpass(f"Runflow API key (kept in {'the keyring' if keyring else 'memory only'}): ")
    except (EOFError, NotImplementedError, RuntimeError):
        # A front end that has no prompt says so with one of these (ipykernel: StdinNotImplementedError).
        raise NoKey from None
