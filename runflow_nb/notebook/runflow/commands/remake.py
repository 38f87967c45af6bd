"""`%runflow remake RUN ... | --all`: the same requests once more, and what came of it beside what was there."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from IPython import get_ipython

from .... import calls
from ....callback import in_callback
from ....engine.engine import Engine
from ....engine.job import Job
from ....engine.order import Order
from ....engine.together import Together
from ....engine.waiter import waiter
from ....errors import InvalidCommand, InvalidRequest, Problem, RunflowError, StillRunning, WaitInterrupted
from ....models.validate import brief
from ....record.run import Run
from ....settings import Settings
from ...cell.rewriting import flag_numbered, running_text
from ...interactive import can_rewrite
from ...showing.line import MovingLine
from ...showing.outputs import publish
from ...showing.screen import Screen
from ...views.estimates import quote_table, together_table
from ...views.live import INTERVAL
from ...views.remake_view import Left, Pair, remake_bundle, remakes_bundle, remaking_text
from ...waiting import wait_on
from ..arguments import HINT, Arguments, usage_error
from ..operands import named_run

ALL, AGAIN, TAKE = "--all", "--again", "--take"


def run(arguments: Arguments) -> None:
    """Show what is on record of it, buy the rest. Raises InvalidCommand with every mistake, BudgetExceeded for the sum,
    and what the first run ended with that could not be made again."""
    settings = calls.session().settings()
    olds, problems = _meant(arguments)
    if problems:
        raise InvalidCommand(problems, "option", HINT)
    orders: list[tuple[Run, Order]] = []
    for old in olds:
        try:
            orders.append((old, _order(old, arguments, settings)))
        except InvalidRequest as reason:
            problems += map(_said, reason.problems)
    if problems and not arguments.on(ALL):
        raise InvalidCommand(list(dict.fromkeys(problems)), "option", HINT)
    remarks = [f"{problem.given} {problem.reason}" for problem in problems]
    engine = calls.session().engine(settings, calls.notebook_of(settings))
    if not orders:
        publish(remakes_bundle((), (), remarks))
        return
    try:
        if arguments.on("--estimate"):
            publish(_estimated(engine, orders, settings))
        elif len(orders) == 1 and not arguments.on(ALL):
            _one(*orders[0], engine, settings)
        else:
            _several(orders, engine, settings, remarks)
    except InvalidCommand:
        raise
    except InvalidRequest as refused:
        raise InvalidRequest(refused.problems, "option", HINT) from None


def _meant(arguments: Arguments) -> tuple[list[Run], list[Problem]]:
    """The runs, and what is wrong with the line."""
    problems: list[Problem] = []
    if bool(arguments.words) == arguments.on(ALL):
        raise usage_error("", "remake", f"takes runs or {ALL}: %runflow remake RUN [RUN ...]")
    if arguments.on(ALL):
        found = [run for run in calls.history() if run.delivered and not run.forgotten and run.remake_of is None]
        meant = found[::-1]
    else:
        meant = []
        for word in arguments.words:
            try:
                meant.append(named_run(word))
            except InvalidCommand as mistake:
                problems += mistake.problems
    for flag in (AGAIN, TAKE):
        if arguments.on(flag) and (len(meant) > 1 or arguments.on(ALL)):
            problems.append(Problem(flag, "", "goes with one run: each counts its own takes"))
    if arguments.on(AGAIN) and arguments.on(TAKE):
        problems.append(Problem(AGAIN, "", f"and {TAKE} exclude each other"))
    return list({run.id: run for run in meant}.values()), problems


def _order(old: Run, arguments: Arguments, settings: Settings) -> Order:
    """Raises InvalidRequest."""
    take = arguments.value(TAKE)
    if take is not None and not take.isdecimal():
        raise InvalidRequest([Problem(TAKE, brief(take), "takes a number from 1", "1")])
    order = calls.remake_order(
        old,
        settings,
        new_seed=arguments.on("--new-seed"),
        take="new" if arguments.on(AGAIN) else None if take is None else int(take),
        max_cost=arguments.value("--max-cost"),
        yes=arguments.on("--yes"),
    )
    return replace(order, by_callback=in_callback())


def _said(problem: Problem) -> Problem:
    """The problem of a run, in words of the line."""
    if problem.subject == "run":
        return Problem("", f"run {problem.given}", problem.reason)
    return problem


def _estimated(engine: Engine, orders: Sequence[tuple[Run, Order]], settings: Settings) -> Any:
    together = Together(engine, [order for _, order in orders], settings)
    if len(orders) == 1:
        return quote_table(together.quotes[0]).bundle()
    names = [old.short for old, _ in orders]
    total = together.quote() if together.due else None
    return together_table(list(zip(names, together.quotes, strict=True)), total).bundle()


def _one(old: Run, order: Order, engine: Engine, settings: Settings) -> None:
    """As any cell shows it, and below it both side by side."""
    shell = get_ipython()
    if order.take == "new" and not (can_rewrite(shell) and _numbered(shell, 1)):
        reason = "would buy another picture at every run: write the number of the next one"
        raise usage_error(AGAIN, "", reason, f"{TAKE} {engine.next_take(order)}")

    def number(job: Job) -> None:
        # As soon as it is known: whatever becomes of the wait, running the cell again buys nothing.
        if order.take == "new" and job.run is not None:
            shell.set_next_input(_numbered(shell, job.run.take), replace=True)

    new = wait_on(engine.place(order, settings), settings, Screen(shell), number)
    publish(remake_bundle(old, new))


def _numbered(shell: Any, take: int) -> str | None:
    return flag_numbered(running_text(shell), "remake", AGAIN, take)


def _several(orders: Sequence[tuple[Run, Order]], engine: Engine, settings: Settings, remarks: Sequence[str]) -> None:
    together = Together(engine, [order for _, order in orders], settings)
    if settings.online:
        together.agree()
    line = MovingLine(get_ipython())
    _watch(together, line, settings)
    results = list(zip([old for old, _ in orders], together.results(), strict=True))
    pairs: list[Pair] = [(old, new) for old, new in results if isinstance(new, Run)]
    left: list[Left] = [(old, why) for old, why in results if isinstance(why, RunflowError)]
    line.become(remakes_bundle(pairs, left, remarks))
    if left:
        raise left[0][1]


def _watch(together: Together, line: MovingLine, settings: Settings) -> None:
    """Wait for all of them, with a line that tells how far it is where something is bought."""
    begun, wait = time.monotonic(), waiter(settings.wait)
    try:
        while (job := together.next()) is not None:
            seconds = time.monotonic() - begun
            if seconds > settings.wait_limit:
                together.withdraw()
                line.end("The runs that were begun go on; this cell waits no longer.")
                raise StillRunning(together.begun, settings.wait_limit)
            if bought := together.bought:
                line.say(remaking_text(together.ended, len(together.quotes), seconds, bought))
            with suppress(TimeoutError, RunflowError):
                wait(job, INTERVAL)
    except KeyboardInterrupt:
        together.withdraw()
        line.end("Stopped waiting; the runs that were begun go on.")
        raise WaitInterrupted(together.begun) from None
