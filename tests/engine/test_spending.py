"""A budget is never overdrawn by a cent, whoever asks and however many at once."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import runflow_nb
from runflow_nb import settings
from runflow_nb.engine.session import Session
from runflow_nb.errors import BudgetExceeded, RunflowError
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.refusals import bought
from tests.http_server import Heard, HttpServer, relay

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}
SPENDER = """
import sys
from concurrent.futures import ThreadPoolExecutor
import runflow_nb
def owl(number):
    try:
        return runflow_nb.generate(f"owl {sys.argv[1]} {number}", resolution="0.5K", output_format="jpeg").id
    except runflow_nb.errors.BudgetExceeded:
        return None
with ThreadPoolExecutor(8) as pool:
    print(sum(run is not None for run in pool.map(owl, range(8))))
"""


def owl(**given: Any) -> Run:
    run = runflow_nb.generate("an owl", **{**QUICK, **given})
    assert isinstance(run, Run)
    return run


def refused(*lines: str, **given: Any) -> None:
    with pytest.raises(BudgetExceeded) as raised:
        owl(**given)
    for line in ("Not sent: this run costs ", "Nothing was billed.", *lines):
        assert line in str(raised.value)


def test_ten_dollars_a_session_can_be_spent_to_the_cent_and_not_one_more(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    def dear(_: Heard, answer: Any) -> Any:
        if answer.get("cost") == "0.15":
            answer["cost"] = "9.92"
        return answer

    with HttpServer(relay(sandbox.url, dear)) as server:
        open_session(server.url)
        assert owl(model="pro", resolution="1K").cost == Decimal("9.92")
        refused(
            "$9.92 confirmed, $0.00 held",
            "the limit is $10.00 a kernel session",
            resolution="1K",
            thinking_level="high",
        )
        assert owl(resolution="1K").cost == Decimal("0.08")
        refused("$10.00 confirmed", "Raise it with %runflow config budget=USD")
        assert owl(resolution="1K").take == 1
        assert runflow_nb.history(all=True).cost() == {"sandbox": Decimal("10.00")}
        assert len(sandbox.book.runs) == 2
        open_session(server.url)
        assert owl().cost == Decimal("0.06")


def test_what_is_on_its_way_counts_before_it_is_billed(slow: EmbeddedSandbox, open_session: OpenSession) -> None:
    open_session(slow.url)
    settings.configured["budget"] = "0.13"
    jobs = [runflow_nb.generate(f"owl {number}", background=True, **QUICK) for number in range(2)]
    for job in jobs:
        assert job.decided.wait(30)
    refused("costs about $0.06", "$0.00 confirmed, $0.12 held for runs on their way")
    for job in jobs:
        job.wait(30)
    refused("$0.12 confirmed, $0.00 held")
    assert len(slow.book.received) == 2


def test_many_at_once_do_not_overdraw_the_budget(sandbox: EmbeddedSandbox, session: Session) -> None:
    settings.configured["budget"] = "0.18"
    jobs = [runflow_nb.generate(f"owl {number}", background=True, **QUICK) for number in range(8)]
    assert bought(jobs) == len(sandbox.book.received) == 3


def test_a_refused_purchase_gives_back_what_was_held_for_it(open_session: OpenSession) -> None:
    settings.configured["budget"] = "0.06"
    with EmbeddedSandbox(balance=0) as poor:
        open_session(poor.url)
        for _ in range(2):
            with pytest.raises(RunflowError, match="402"):
                owl()
        assert len(poor.book.received) == 2


def test_max_cost_bounds_one_run(sandbox: EmbeddedSandbox, session: Session) -> None:
    refused("costs about $0.12, and the limit is --max-cost $0.11", num_images=2, max_cost="0.11")
    assert owl(num_images=2, max_cost="0.12").cost == Decimal("0.12")
    assert owl(num_images=2, max_cost="0.01").cost == Decimal("0.12"), "on record, and so for nothing"


def test_above_confirm_above_nothing_at_all_is_sent_until_a_yes(
    sandbox: EmbeddedSandbox, session: Session, tmp_path: Path
) -> None:
    """Not even the picture goes up; what is on record is shown whatever the limit is."""
    from PIL import Image

    Image.new("RGB", (8, 8), "red").save(tmp_path / "red.png")
    asked = {"images": tmp_path / "red.png", "model": "pro", "resolution": "4K", "num_images": 4}
    refused("costs about $1.20, and the limit is $1.00 without --yes", **asked)
    refused("the limit is $1.00 without --yes", max_cost=5, **asked)
    assert not session.engine(session.settings()).connection.instance, "nobody was asked who listens there"
    assert not sandbox.book.received
    settings.configured["confirm_above"] = 0.059
    refused("the limit is $0.059 without --yes", "Go on with --yes (in Python yes=True)")
    assert owl(yes=True) == owl()
    assert len(sandbox.book.received) == 1


def test_a_price_that_nothing_bounds_is_asked_about_first(sandbox: EmbeddedSandbox, session: Session) -> None:
    refused("at least $0.06", "Allow it with --max-cost USD, or --yes", limit_generations=False)
    assert not sandbox.book.received
    assert owl(limit_generations=False, yes=True).cost == Decimal("0.06")
    assert runflow_nb.generate("another owl", limit_generations=False, **QUICK).cost == Decimal("0.06")


def test_a_budget_of_the_environment_is_tightened_and_never_loosened(
    sandbox: EmbeddedSandbox, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNFLOW_NB_BUDGET", "0.10")
    settings.configured["budget"] = "1000"
    refused("the limit is $0.10 a kernel session", num_images=2)
    settings.configured["budget"] = "0.05"
    refused("the limit is $0.05 a kernel session")
    del settings.configured["budget"]
    assert owl().cost == Decimal("0.06")
    refused("the limit is $0.10 a kernel session", take=2)


def test_a_budget_of_a_day_or_a_notebook_outlives_the_session(
    sandbox: EmbeddedSandbox, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RUNFLOW_NB_NOTEBOOK", str(tmp_path / "a.ipynb"))
    open_session(sandbox.url)
    assert owl().notebook == "a.ipynb"
    open_session(sandbox.url)
    settings.configured["budget"] = "0.10/notebook, 0.15/day"
    refused("the limit is $0.10 a notebook", take=2)
    monkeypatch.setenv("RUNFLOW_NB_NOTEBOOK", str(tmp_path / "b.ipynb"))
    assert owl(take=2).take == 2
    monkeypatch.setenv("RUNFLOW_NB_NOTEBOOK", str(tmp_path / "c.ipynb"))
    refused("the limit is $0.15 a day", take=3)
    assert owl() == runflow_nb.history(all=True)[-1]


def test_eight_threads_in_each_of_two_processes_share_one_budget_to_the_cent(
    sandbox: EmbeddedSandbox, tmp_path: Path
) -> None:
    """Five runs of $0.06 fit into $0.35 a day, and a sixth does not."""
    variables = {"RUNFLOW_BASE_URL": sandbox.url, "RUNFLOW_NB_STORE": str(tmp_path / ".runflow")}
    environment = {**os.environ, **variables, "RUNFLOW_NB_BUDGET": "0.35/day"}
    both = [
        subprocess.Popen([sys.executable, "-c", SPENDER, name], stdout=subprocess.PIPE, text=True, env=environment)
        for name in "ab"
    ]
    assert sum(int(one.communicate(timeout=60)[0]) for one in both) == 5
    assert len(sandbox.book.runs) == 5
