"""The soak in short forms: processes that are killed, one store, and a server where much goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.report import report
from tests.soak.soaking import soak

PROCESSES = 3


def assert_flawless(folder: Path, runs: int, kills: int) -> None:
    """Nothing lost, nothing doubled, not a cent between server and ledger; and it was a soak indeed."""
    figures = soak(folder, runs, seed=1, processes=PROCESSES, kills=kills)
    told = report(figures)
    print(told)
    assert figures.flawless, told
    assert figures.verdict is not None
    assert figures.verdict.billed + len(figures.verdict.still_open) == runs, told
    assert figures.kills == PROCESSES * kills, told
    assert sum(figures.faults.values()) > runs // 2, told


def test_sixty_runs_under_faults_and_kills_are_each_billed_once_and_kept(tmp_path: Path) -> None:
    assert_flawless(tmp_path, runs=60, kills=1)


@pytest.mark.thorough
@pytest.mark.timeout(300)
def test_three_hundred_runs_under_faults_and_kills_are_each_billed_once_and_kept(tmp_path: Path) -> None:
    assert_flawless(tmp_path, runs=300, kills=3)
