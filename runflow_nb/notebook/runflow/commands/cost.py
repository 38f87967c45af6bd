"""`%runflow cost`: what was spent, estimated and confirmed, by model and by day; with --ledger run by run."""

from __future__ import annotations

from decimal import Decimal

from .... import calls
from ....engine.standing import ask_balance
from ....models.validate import brief
from ....record.filters import NO_DATE
from ....settings import Settings
from ...showing.outputs import publish, say
from ...views.bundles import Bundle
from ...views.cost_report import cost_bundle
from ...views.history_view import nothing_bundle
from ...views.ledger_view import ledger_bundle
from ...views.saved_cost import saved_cost_text
from ..arguments import HINT, Arguments, saved_notebook, usage_error
from ..narrowing import narrow

LEDGER, LIMIT = "--ledger", "--limit"


def run(arguments: Arguments) -> None:
    """Sums of this notebook and of the store, and what runs on their way hold; of a notebook that is named what it did
    cost, and would cost anew; or the ledger. Raises InvalidCommand, NotANotebook."""
    saved = saved_notebook(arguments)
    if arguments.on(LEDGER):
        _ledger(arguments, saved)
        return
    if arguments.on(LIMIT):
        raise usage_error(LIMIT, "", f"belongs to {LEDGER}", LEDGER)
    since = arguments.value("--since")
    try:
        if saved is not None:
            say(saved_cost_text(calls.history(saved).where(since=since)))
        else:
            publish(_sums(arguments, since))
    except ValueError:
        raise usage_error("--since", brief(since or ""), NO_DATE) from None


def _sums(arguments: Arguments, since: str | None) -> Bundle:
    """Raises ValueError for a date that is none."""
    here = calls.history() if calls.notebook_of(calls.session().settings()) else None
    return cost_bundle(calls.history(all=True), here, whole=arguments.on("--all"), since=since)


def _ledger(arguments: Arguments, saved: str | None) -> None:
    now = calls.session().settings()
    whole = arguments.on("--all") or calls.notebook_of(now) is None
    view = narrow(calls.history(saved, all=whole), arguments, HINT)
    if not view.runs:
        publish(nothing_bundle(view.nothing(saved or ("this store" if whole else "this notebook"))))
        return
    publish(ledger_bundle(view.history, view.runs, _balances(now) if saved is None else {}))


def _balances(now: Settings) -> dict[str, Decimal]:
    """Origin -> what is left there; of the API that is connected, where it says so soon."""
    if not now.connected or now.reuse == "only":
        return {}
    connection = calls.session().engine(now, calls.notebook_of(now)).connection
    left = calls.session().loop.run(ask_balance(connection))
    return {} if left is None else {connection.origin: left}
