"""A cost that is told late, or is more than was expected."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import runflow_nb
from runflow_nb import calls
from runflow_nb.notebook.views.run_record import record
from runflow_nb.record.run import Run
from runflow_nb.record.schema import commitments
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.test_doubt import QUICK
from tests.engine.test_recovery import Skipping
from tests.http_server import Heard, HttpServer, relay

PATIENCE = 20.0


def telling(cost: Callable[[int], str | None]) -> Callable[[Heard, Any], Any]:
    """Changes what an ended run cost: told which time it is read."""
    reads = 0

    def change(heard: Heard, answer: Any) -> Any:
        nonlocal reads
        if heard.method == "GET" and heard.path.startswith("/v1/runs/") and answer.get("completed_at"):
            reads += 1
            return {**answer, "cost": cost(reads)}
        return answer

    return change


def until(run: str, fine: Callable[[Run], bool]) -> Run:
    """The run, once this holds of what is on record."""
    end = time.monotonic() + PATIENCE
    while True:
        found = calls.current_store().index.run(run)
        assert found is not None
        if fine(found):
            return found
        assert time.monotonic() < end, found
        time.sleep(0.01)


def test_a_cost_that_was_not_told_counts_as_held_and_is_asked_for_again(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    """Asked until it is told. What is shown of the run stays as it was."""
    with HttpServer(relay(sandbox.url, telling(lambda read: None if read < 4 else "0.05"))) as server:
        open_session(server.url, clock=Skipping())
        run = runflow_nb.generate("an owl", **QUICK)
        assert (run.cost, commitments(run)) == (None, (Decimal("0.06"), 0))
        priced = until(run.id, lambda found: found.cost is not None)
        assert (priced.cost, commitments(priced)) == (Decimal("0.05"), (Decimal("0.05"), 0))
        assert record([priced]) == record([run])
        assert runflow_nb.history().cost() == {"sandbox": Decimal("0.05")}


def test_a_cost_above_what_was_held_is_said_and_expected_from_then_on(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    with HttpServer(relay(sandbox.url, telling(lambda _: "0.11"))) as server:
        open_session(server.url)
        run = runflow_nb.generate("an owl", **QUICK)
        assert run.notes[-1] == "it cost $0.11: more than the $0.06 that were expected at most"
        again = runflow_nb.generate("another owl", estimate=True, **QUICK)
        assert (again.amount, again.upper) == (Decimal("0.06"), Decimal("0.11"))


def test_a_cost_that_nobody_could_expect_is_asked_for_too(sandbox: EmbeddedSandbox, open_session: OpenSession) -> None:
    """Nothing was held for it: until it is told, the budget does not know of it."""
    with HttpServer(relay(sandbox.url, telling(lambda read: None if read < 3 else "0.02"))) as server:
        open_session(server.url, clock=Skipping())
        run = runflow_nb.generate("an owl", model="sandbox/sketch", yes=True)
        assert (run.cost, run.reserved) == (None, 0)
        priced = until(run.id, lambda found: found.cost is not None)
        assert commitments(priced) == (Decimal("0.02"), 0)
        assert calls.current_store().index.unpriced("sandbox") == []
