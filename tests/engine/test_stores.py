"""The stores of one kernel session: one budget for all, and a word where one knows no locks."""

from __future__ import annotations

import errno
from pathlib import Path

import filelock
import pytest

import runflow_nb
from runflow_nb import settings
from runflow_nb.engine.session import Session
from runflow_nb.errors import BudgetExceeded
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.refusals import bought

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}


def test_another_store_does_not_make_the_budget_of_a_kernel_session_new(
    sandbox: EmbeddedSandbox, session: Session, tmp_path: Path
) -> None:
    settings.configured["budget"] = "0.13"
    for number in range(2):
        settings.configured["store"] = str(tmp_path / str(number))
        runflow_nb.generate("an owl", **QUICK)
    settings.configured["store"] = str(tmp_path / "one more")
    with pytest.raises(BudgetExceeded, match=r"\$0.12 confirmed"):
        runflow_nb.generate("an owl", **QUICK)
    assert len(sandbox.book.runs) == 2


def test_many_at_once_in_several_stores_do_not_overdraw_the_budget(
    sandbox: EmbeddedSandbox, session: Session, tmp_path: Path
) -> None:
    settings.configured["budget"] = "0.18"
    jobs = []
    for number in range(12):
        settings.configured["store"] = str(tmp_path / str(number % 4))
        jobs.append(runflow_nb.generate(f"owl {number}", background=True, **QUICK))
    assert bought(jobs) == len(sandbox.book.received) == 3


def test_a_store_that_knows_no_locks_says_so_once(
    sandbox: EmbeddedSandbox, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads are still kept apart there; other processes are not, which a person has to know."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    open_session(sandbox.url)
    first, second = (runflow_nb.generate(prompt, resolution="0.5K") for prompt in ("an owl", "a hare"))
    assert any("knows no locks" in warning for warning in first.warnings)
    assert second.warnings == ()
