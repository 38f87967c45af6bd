"""`%runflow cost`: what was spent, estimated and confirmed, by model and by day; with --ledger run by run."""

from __future__ import annotations

from decimal import Decimal

from .... import calls
from ....engine.standing import ask_balance
from ....models.validate import brief
from ....record.filters import NO_DATE
from ....settings import Settings
from ...showing.outputs import publish
from ...views.cost_report import cost_bundle
from ...views.history_view import nothing_bundle
from ...views.ledger_view import ledger_bundle
from ..arguments import HINT, Arguments, usage_error
from ..narrowing import narrow

LEDGER, LIMIT = "--ledger", "--limit"


def run(arguments: Arguments) -> None:
    """Sums of this notebook and of the store, and what runs on their way hold; or the ledger. Raises InvalidCommand."""
    if arguments.on(LEDGER):
        _ledger(arguments)
        return
    if arguments.on(LIMIT):
        raise usage_error(LIMIT, "", f"belongs to {LEDGER}", LEDGER)
    since = arguments.value("--since")
    here = calls.history() if calls.notebook_of(calls.session().settings()) else None
    try:
        bundle = cost_bundle(calls.history(all=True), here, whole=arguments.on("--all"), since=since)
    except ValueError:
        raise usage_error("--since", brief(since or ""), NO_DATE) from None
    publish(bundle)


def _ledger(arguments: Arguments) -> None:
    now = calls.session().settings()
    whole = arguments.on("--all") or calls.notebook_of(now) is None
    view = narrow(calls.history(all=whole), arguments, HINT)
    if not view.runs:
        publish(nothing_bundle(view.nothing("this store" if whole else "this notebook")))
        return
    publish(ledger_bundle(view.history, view.runs, _balances(now)))


def _balances(now: Settings) -> dict[str, Decimal]:
    """Origin -> what is left there; of the API that is connected, where it says so soon."""
    if not now.connected or now.reuse == "only":
        return {}
    connection = calls.session().engine(now, calls.notebook_of(now)).connection
    left = calls.session().loop.run(ask_balance(connection))
    return {} if left is None else {connection.origin: left}
