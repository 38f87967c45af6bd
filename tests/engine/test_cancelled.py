"""A run that an administrator of the service cancels while a notebook waits for it."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest

import runflow_nb
from runflow_nb.errors import RunFailed
from tests.conftest import OpenSession
from tests.engine.test_recovery import Skipping
from tests.sandbox.told import wait_until
from tests.sandboxes import running


def test_what_was_begun_is_paid_for_and_said_to_be(open_session: OpenSession) -> None:
    with running(faults="create: hangs") as sandbox:
        open_session(sandbox.url, clock=Skipping())
        job = runflow_nb.generate("an owl", resolution="0.5K", background=True)
        wait_until(lambda: bool(sandbox.book.runs))
        (accepted,) = sandbox.book.runs
        path = f"{sandbox.url}/v1/admin/runs/{accepted.id}/cancellation"
        admin = {"Authorization": "Bearer rf_svc_nobodys"}
        assert httpx.post(path, headers=admin, json={"reason": "too long"}, trust_env=False).status_code == 201
        with pytest.raises(RunFailed, match=r"ended canceled") as ended:
            job.wait()
    assert (ended.value.run.status, ended.value.run.cost) == ("canceled", Decimal("0.06"))
    assert "It cost $0.06." in str(ended.value)
