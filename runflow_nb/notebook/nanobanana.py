"""`%nanobanana` and `%%nanobanana`: read, order, wait, show."""

from __future__ import annotations

from collections import ChainMap
from typing import Any

from .. import calls
from ..engine.job import Job
from ..engine.order import Order
from ..errors import InvalidRequest
from ..record.run import Run
from ..settings import Settings
from .asked import Asked, ask
from .help import help_text
from .options import HINT, Typed, spelled, take_apart
from .outputs import publish, say
from .rewriting import can_number, is_closing_value, write_number
from .showing import Screen, hold_back
from .tables import estimate_table
from .waiting import wait_on


def nanobanana(shell: Any, line: str, cell: str | None, local_ns: dict[str, Any] | None) -> Run | None:
    """The run, shown; None where nothing was asked to be made (`--help`, `--estimate`).

    Raises the errors of `runflow_nb.errors`, in the spelling of options.
    """
    typed = take_apart(line, cell)
    if typed.given("--help"):
        say(help_text())
        return None
    asked = ask(typed, ChainMap(local_ns or {}, shell.user_ns))
    settings = calls.session().settings()
    order = _order(asked, settings)
    try:
        if asked.options.estimate:
            price = calls.session().engine(settings, order.notebook).price(order)
            publish(estimate_table(price).bundle())
            return None
        run = _obtain(shell, typed, cell, order, settings, asked.options.quiet)
    except InvalidRequest as invalid:
        raise InvalidRequest(spelled(invalid.problems, typed), "option", HINT) from None
    if asked.options.out is not None:
        shell.push({asked.options.out: run})
    return run


def _order(asked: Asked, settings: Settings) -> Order:
    options = asked.options
    return Order(
        asked.request,
        take=options.take,
        tags=options.tags,
        max_cost=options.max_cost,
        yes=options.yes,
        notebook=calls.notebook_of(settings),
        prompt_template=asked.prompt_template,
    )


def _obtain(shell: Any, typed: Typed, cell: str | None, order: Order, settings: Settings, quiet: bool) -> Run:
    rewrites = order.take == "new"
    if rewrites and not can_number(shell, typed.line, cell):
        calls.refuse_new(order, settings)

    def number(job: Job) -> None:
        # As soon as the number is known: whatever becomes of the wait, running the cell again buys nothing.
        if job.run is not None:
            write_number(shell, typed.line, cell, job.run.take)

    job = calls.session().place(order, settings)
    run = wait_on(job, settings, Screen(shell, quiet), number if rewrites else None)
    if quiet and is_closing_value(shell):
        hold_back(shell, run)
    return run
