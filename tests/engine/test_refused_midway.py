"""Key, credit or rights refused in the middle of many: nothing more is sent, and what was accepted is collected."""

from __future__ import annotations

import threading

import pytest

import runflow_nb
from runflow_nb import calls
from runflow_nb.engine.job import Job
from runflow_nb.errors import AccessDenied, InsufficientCredit, KeyRefused, NotCollected, RequestRefused
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.test_doubt import QUICK, creates
from tests.http_server import Answer, Heard, HttpServer, relay

MANY = 60


@pytest.mark.parametrize(("status", "kind"), [(401, KeyRefused), (402, InsufficientCredit), (403, AccessDenied)])
def test_in_the_middle_of_many_no_more_is_sent_and_the_accepted_are_collected(
    sandbox: EmbeddedSandbox, open_session: OpenSession, status: int, kind: type[RequestRefused]
) -> None:
    """Those that were ordered before the refusal was heard of end in the same error; asked for again, they are sent."""
    forward, lock, refusing, heard_of = relay(sandbox.url), threading.Lock(), True, 0

    def answer(heard: Heard) -> Answer:
        nonlocal heard_of
        if heard.method == "POST":
            with lock:
                heard_of += 1
                late = heard_of > 3
            if late and refusing:
                return Answer(status, b'{"code": "NO", "message": "no more"}')
        return forward(heard)

    with HttpServer(answer) as server:
        open_session(server.url)
        jobs = [runflow_nb.generate(f"owl {number}", background=True, **QUICK) for number in range(MANY)]
        ends = [ended(job) for job in jobs]
        good = [end for end in ends if isinstance(end, Run)]
        assert {type(end) for end in ends} == {kind, Run}
        assert len(good) == 3
        assert all(run.images[0].path.exists() for run in good)
        assert len(creates(server)) < MANY
        assert calls.current_store().open_markers() == []
        refusing = False
        assert runflow_nb.generate("owl 59", **QUICK).delivered
    assert len(sandbox.book.runs) == 4


def ended(job: Job) -> object:
    try:
        return job.wait(60)
    except RequestRefused as refusal:
        return refusal


def test_a_key_that_is_revoked_while_waiting_leaves_the_run_collectable(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    forward, revoked = relay(sandbox.url), True

    def answer(heard: Heard) -> Answer:
        if heard.method == "GET" and heard.path.startswith("/v1/runs/") and revoked:
            return Answer(401, b'{"code": "UNAUTHORIZED", "message": "revoked"}')
        return forward(heard)

    with HttpServer(answer) as server:
        open_session(server.url)
        with pytest.raises(NotCollected, match="401"):
            runflow_nb.generate("an owl", **QUICK)
        revoked = False
        run = runflow_nb.generate("an owl", **QUICK)
        assert run.images[0].path.exists()
        assert len(creates(server)) == 1
