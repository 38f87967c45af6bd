"""`%runflow account`: whose key it is, what is left, and what the key may not do. Asks the API; costs nothing."""

from __future__ import annotations

from .... import calls
from ....engine.standing import ask_standing
from ...showing.outputs import publish
from ...views.account_view import account_table
from ..arguments import Arguments, usage_error

WAYS = "%runflow connect live, or %runflow connect sandbox"


def run(arguments: Arguments) -> None:
    """A notebook is shared: what names a person is shown with --full only, and the key never.

    Raises InvalidCommand where nobody may be asked or is there to ask, KeyRefused, AccessDenied, ServerUnavailable.
    """
    now = calls.session().settings()
    if now.reuse == "only":
        raise usage_error("", "account", 'asks the API, and reuse is "only": allow it with %runflow config reuse=on')
    if not now.connected:
        raise usage_error("", "account", f"asks the API, and none is connected: {WAYS}")
    connection = calls.session().engine(now, calls.notebook_of(now)).connection
    standing = calls.session().loop.run(ask_standing(connection))
    table = account_table(standing, connection.origin, now.base_url, now.organization, full=arguments.on("--full"))
    publish(table.bundle())
