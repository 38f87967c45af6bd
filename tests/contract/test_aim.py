"""Where the suite may be pointed, and what it costs there before a request is sent."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from runflow_nb.sandbox.dialects.table import DIALECTS
from tests.contract.aim import CAP, DIALECT, EACH, URL, BadAim, read_aim
from tests.contract.planned import PLANNED, listed, most

ELSEWHERE = "https://api.example.org"
HERE = "http://127.0.0.1:8765/"


def test_by_itself_it_asks_the_sandbox_in_its_default() -> None:
    aim = read_aim({})
    assert (aim.url, aim.key, aim.cap, aim.dialects, aim.local) == (None, None, None, ("",), True)
    aim.check(Decimal(1000))


def test_dialects_are_one_each_or_the_older_service() -> None:
    assert read_aim({DIALECT: "run-id"}).dialects == ("run-id",)
    assert read_aim({DIALECT: EACH}).dialects == ("", *DIALECTS, "older")
    with pytest.raises(BadAim, match="did you mean run-id"):
        read_aim({DIALECT: "runid"})
    with pytest.raises(BadAim, match="points elsewhere"):
        read_aim({DIALECT: "run-id", URL: ELSEWHERE})


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({URL: ELSEWHERE, "RUNFLOW_API_KEY": "rf_live_1"}, f"set {CAP}"),
        ({URL: ELSEWHERE, "RUNFLOW_API_KEY": "rf_live_1", CAP: "1"}, f"a run may cost 2.50 USD, and {CAP} is 1"),
        ({URL: HERE, CAP: "1"}, "a run may cost 2.50 USD"),
        ({URL: ELSEWHERE, CAP: "3"}, "needs a key: set RUNFLOW_API_KEY"),
        ({CAP: "much"}, "takes an amount in USD"),
    ],
)
def test_nothing_begins_that_may_cost_more_than_was_said(environment: dict[str, str], said: str) -> None:
    with pytest.raises(BadAim, match=re.escape(said)):
        read_aim(environment).check(Decimal("2.50"))


def test_a_cap_that_reaches_and_this_machine_are_good() -> None:
    read_aim({URL: ELSEWHERE, CAP: "2.50", "RUNFLOW_API_KEY": "rf_live_1"}).check(Decimal("2.50"))
    aim = read_aim({URL: HERE})
    aim.check(Decimal("2.50"))
    assert aim.url == HERE.rstrip("/")


def test_the_key_is_not_shown() -> None:
    assert "rf_live_1" not in repr(read_aim({"RUNFLOW_API_KEY": "rf_live_1"}))


def test_the_list_names_every_create_with_its_price_and_the_sum() -> None:
    lines = listed().splitlines()
    assert len(lines) == 1 + len(PLANNED) + 3
    for plan, line in zip(PLANNED, lines[1:], strict=False):
        assert line.startswith(plan.name)
        assert f"{plan.price:.3f}" in line
    assert lines[-1].split()[-1] == f"{most():.3f}" == f"{sum(each.price * each.times for each in PLANNED):.3f}"
    assert len({(each.name, each.page.name) for each in PLANNED}) == len(PLANNED)


def command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.contract", *words],
        cwd=Path(__file__).parents[2], env={**os.environ, **environment}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_the_command_lists_what_it_would_spend_and_sends_nothing() -> None:
    done = command("--dry", **{URL: "http://127.0.0.1:9"})
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, listed().strip(), "")


def test_the_command_does_not_begin_without_a_cap() -> None:
    done = command(**{URL: ELSEWHERE, "RUNFLOW_API_KEY": "rf_live_1"})
    assert (done.returncode, done.stdout) == (2, "")
    assert f"set {CAP}" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_names_a_dialect_that_is_none() -> None:
    done = command("--dialect", "runid")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("python -m tests.contract: runid is no dialect; did you mean run-id?")
