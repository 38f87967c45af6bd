"""Paid once: however often and from wherever a request is made, it is bought once, and within what may be spent."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

import runflow_nb
from runflow_nb import aio, settings
from runflow_nb.engine.session import Session
from runflow_nb.errors import InvalidRequest, NotOnRecord, RunflowError, StillRunning
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.secret import Secret
from tests.conftest import OpenSession
from tests.http_server import Answer, Heard, HttpServer, relay

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}
PROMPTS = 12
TOGETHER = f"""
import sys, runflow_nb
from runflow_nb import calls
print("ready", flush=True)
sys.stdin.readline()
quick = dict(resolution="0.5K", output_format="jpeg", background=True)
jobs = [runflow_nb.generate(f"owl {{number}}", **quick) for number in range({PROMPTS})]
print(*[job.wait(60).id for job in jobs], flush=True)
calls.session().close()
"""
"""A program of its own: makes several requests when told to."""
AGAIN = """
import sys, runflow_nb
from runflow_nb import calls
print("ready", flush=True)
sys.stdin.readline()
while True:
    try:
        run = runflow_nb.generate("an owl", resolution="0.5K", output_format="jpeg")
        break
    except KeyboardInterrupt as interrupt:
        print(type(interrupt).__name__, str(interrupt).replace("\\n", " "), flush=True)
print(run.id, len(run.images[0].bytes), flush=True)
calls.session().close()
"""
"""A program of its own: makes a request when told to, and makes it again when it was interrupted."""


def owl(**given: Any) -> Run:
    run = runflow_nb.generate("an owl", **{**QUICK, **given})
    assert isinstance(run, Run)
    return run


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Look until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


# --- from many places at once


def test_eight_threads_that_ask_for_one_request_buy_one_run(sandbox: EmbeddedSandbox, session: Session) -> None:
    together = threading.Barrier(8)

    def ask(_: int) -> Run:
        together.wait()
        return owl()

    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(ask, range(8)))
    assert runs == [runs[0]] * 8
    assert [booked.client_ref for booked in sandbox.book.runs] == [runs[0].id]


def test_three_processes_on_one_store_buy_each_run_once(
    sandbox: EmbeddedSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = [start(TOGETHER, sandbox, tmp_path, monkeypatch) for _ in range(3)]
    for program in programs:
        tell(program)
    answers = {program.communicate(timeout=60)[0] for program in programs}
    assert [program.returncode for program in programs] == [0, 0, 0]
    (answer,) = answers
    assert sorted(str(booked.client_ref) for booked in sandbox.book.runs) == sorted(answer.split())
    assert len(sandbox.book.received) == PROMPTS


def start(
    program: str, sandbox: EmbeddedSandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> subprocess.Popen[str]:
    """This program, ready to begin."""
    monkeypatch.setenv("RUNFLOW_BASE_URL", sandbox.url)
    monkeypatch.setenv("RUNFLOW_NB_STORE", str(folder / ".runflow"))
    started = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def tell(program: subprocess.Popen[str]) -> None:
    assert program.stdin is not None
    program.stdin.write("\n")
    program.stdin.flush()


def test_an_interrupt_drops_the_wait_and_not_the_run(
    slow: EmbeddedSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = start(AGAIN, slow, tmp_path, monkeypatch)
    tell(program)
    until(lambda: slow.book.runs)
    program.send_signal(signal.SIGINT)
    answer, _ = program.communicate(timeout=60)
    interrupted, collected = answer.splitlines()
    (booked,) = slow.book.runs
    assert interrupted.startswith(
        f"WaitInterrupted Stopped waiting. Run {booked.client_ref} goes on: it is paid for once"
    )
    assert collected.split()[0] == booked.client_ref


# --- waiting


def test_a_wait_that_is_over_leaves_a_run_that_the_same_request_collects(
    slow: EmbeddedSandbox, open_session: OpenSession
) -> None:
    open_session(slow.url)
    settings.configured["wait_limit"] = 0.2
    with pytest.raises(StillRunning, match=r"It is paid for once and not lost: run the cell again") as over:
        owl()
    settings.configured.clear()
    run = owl()
    assert run.id == over.value.run_id
    assert [booked.client_ref for booked in slow.book.runs] == [run.id]


def test_another_session_collects_what_a_first_one_left_running(
    slow: EmbeddedSandbox, open_session: OpenSession
) -> None:
    first = open_session(slow.url)
    settings.configured["wait_limit"] = 0.2
    with pytest.raises(StillRunning) as over:
        owl()
    until(lambda: slow.book.runs)
    first.close()
    settings.configured.clear()
    open_session(slow.url)
    assert owl().id == over.value.run_id
    assert len(slow.book.runs) == 1


def test_a_job_in_the_background_is_waited_for_from_anywhere(slow: EmbeddedSandbox, open_session: OpenSession) -> None:
    open_session(slow.url)
    job = runflow_nb.generate("an owl", background=True, **QUICK)
    with pytest.raises(TimeoutError):
        job.wait(0.05)
    assert not job.done()
    run = owl()
    assert job.wait(30) == run == job.run
    assert (job.done(), job.status) == (True, "succeeded")
    assert len(slow.book.runs) == 1


def test_every_waiter_gets_an_error_of_its_own(open_session: OpenSession) -> None:
    with EmbeddedSandbox(latency=0, balance=0) as poor:
        open_session(poor.url)
        job = runflow_nb.generate("an owl", background=True, **QUICK)
        errors = []
        for _ in range(2):
            with pytest.raises(RunflowError) as refused:
                job.wait(30)
            errors.append(refused.value)
        assert str(errors[0]) == str(errors[1])
        assert errors[0] is not errors[1]


# --- on a running event loop


def test_the_async_twins_share_one_run_on_a_running_loop(slow: EmbeddedSandbox, open_session: OpenSession) -> None:
    open_session(slow.url)

    async def main() -> list[Run]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        ticking = asyncio.create_task(tick())
        runs = await asyncio.gather(*(aio.generate("an owl", **QUICK) for _ in range(4)))
        job = await aio.generate("an owl", background=True, **QUICK)
        runs.append(await job)
        ticking.cancel()
        assert ticks > 10, "the loop stood still"
        assert (await aio.generate("an owl", estimate=True, **QUICK)).amount == Decimal("0.06")
        assert list(await aio.history(all=True)) == runs[:1]
        return runs

    runs = asyncio.run(main())
    assert runs == [runs[0]] * 5
    assert len(slow.book.runs) == 1


def test_an_await_that_is_cancelled_drops_the_wait_and_not_the_run(
    slow: EmbeddedSandbox, open_session: OpenSession
) -> None:
    open_session(slow.url)

    async def main() -> Run:
        waiting = asyncio.create_task(aio.generate("an owl", **QUICK))
        await asyncio.to_thread(until, lambda: slow.book.runs)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return await aio.generate("an owl", **QUICK)

    run = asyncio.run(main())
    assert [booked.client_ref for booked in slow.book.runs] == [run.id]


def test_the_blocking_call_works_under_a_running_loop_too(sandbox: EmbeddedSandbox, session: Session) -> None:
    async def main() -> Run:
        return owl()

    assert asyncio.run(main()) == owl()
    assert len(sandbox.book.runs) == 1


# --- nothing asked, nothing sent


class NoNetwork(httpx.AsyncBaseTransport):
    """Fails the test that lets a request out."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"{request.method} {request.url} went out")


@pytest.mark.parametrize("way", ["environment", "configured"])
def test_reuse_only_shows_what_is_on_record_and_never_calls_the_network(
    way: str, sandbox: EmbeddedSandbox, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_session(sandbox.url)
    run = owl()
    if way == "environment":
        monkeypatch.setenv("RUNFLOW_NB_REUSE", "only")
        settings.configured["reuse"] = "on"
    else:
        settings.configured["reuse"] = "only"
    monkeypatch.setenv("RUNFLOW_API_KEY", "rf_live_0123456789abcdef")
    for url in (sandbox.url, "https://api.runflow.io"):
        open_session(url, transport=NoNetwork())
        assert owl() == run
        words = r"take 2 of this request \(“an owl”, google/nano-banana-2\)\. Nothing was sent or billed"
        with pytest.raises(NotOnRecord, match=words) as missing:
            owl(take=2)
        assert "Making it would cost about $0.06: allow it with %runflow config reuse=on" in str(missing.value)
        with pytest.raises(NotOnRecord):
            runflow_nb.edit("make it night", "http://127.0.0.1:9/owl.png", **QUICK)


def test_an_estimate_sends_nothing(open_session: OpenSession) -> None:
    open_session(transport=NoNetwork())
    estimate = runflow_nb.generate("an owl", estimate=True, model="pro", num_images=2)
    assert (estimate.amount, estimate.upper, estimate.kind) == (Decimal("0.30"), Decimal("0.30"), "exact")


# --- takes and seeds


def test_takes_are_bought_in_order_and_shown_for_nothing_ever_after(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    open_session(sandbox.url)
    first, second = owl(), owl(take=2)
    assert (first.take, second.take, first.recipe) == (1, 2, second.recipe)
    assert first.images[0].sha256 != second.images[0].sha256
    with pytest.raises(InvalidRequest, match=r"take=4 .*takes are bought in order \(2 held\); did you mean 3\?"):
        owl(take=4)
    with pytest.raises(InvalidRequest, match=r"take=new .*would buy another picture at every run; .*did you mean 3\?"):
        owl(take="new")
    with pytest.raises(InvalidRequest, match=r"did you mean 3\?"):
        runflow_nb.generate("an owl", take="new", background=True, **QUICK)
    open_session(sandbox.url)
    assert [owl(), owl(take=1), owl(take=2)] == [first, first, second]
    assert len(sandbox.book.runs) == 2


def test_pinning_the_seed_of_a_picture_costs_nothing(sandbox: EmbeddedSandbox, session: Session) -> None:
    drawn = owl()
    assert drawn.seeds.asked is None
    assert owl(seed=drawn.seed) == drawn
    assert len(sandbox.book.runs) == 1
    other = owl(seed=7)
    assert (other.seeds.asked, other.seed, other.take) == (7, 7, 1)
    assert owl(seed=7) == other
    assert owl() == drawn
    again = owl(seed=drawn.seed, take=2)
    assert (again.take, again.seed) == (2, drawn.seed)
    assert [each.body["input"]["seed"] for each in sandbox.book.received] == [drawn.seed, 7, drawn.seed]


@pytest.mark.parametrize(
    "same",
    [
        {"num_images": 1},
        {"aspect_ratio": "auto", "enable_web_search": False, "safety_tolerance": 4},
        {"metadata": {"who": "me"}, "tag": ["a", "b"]},
        {"sync_mode": True},
        {"model": "2"},
        {"model": "google/nano-banana-2"},
    ],
    ids=str,
)
def test_what_does_not_decide_the_picture_buys_no_other(
    same: dict[str, Any], sandbox: EmbeddedSandbox, session: Session
) -> None:
    run = owl()
    assert owl(**same) == run
    assert runflow_nb.generate("  an owl\r\n", **QUICK, **same) == run
    assert len(sandbox.book.runs) == 1


# --- a fork, and another key


FORKED = """
import os, runflow_nb
first = runflow_nb.generate("a stork", resolution="0.5K")
if os.fork() == 0:
    again = runflow_nb.generate("a stork", resolution="0.5K")
    other = runflow_nb.generate("a stork at night", resolution="0.5K")
    os._exit(0 if again.id == first.id and other.delivered else 1)
os._exit(os.waitstatus_to_exitcode(os.wait()[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_works_on_the_same_store(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    """The background thread does not survive a fork: the child makes its own, and shows what the parent bought."""
    variables = {"RUNFLOW_BASE_URL": sandbox.url, "RUNFLOW_NB_STORE": str(tmp_path / ".runflow")}
    done = subprocess.run([sys.executable, "-c", FORKED], env={**os.environ, **variables}, timeout=60)
    assert done.returncode == 0
    assert len(sandbox.book.runs) == 2


def test_a_change_of_key_takes_no_create_under_way_for_one_that_was_cut_off(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    """The same request, asked again with another key while the create is unanswered, joins the job that sent it."""
    arrived, released = threading.Event(), threading.Event()
    pass_on = relay(sandbox.url)

    def hold(heard: Heard) -> Answer:
        if heard.method == "POST":
            arrived.set()
            assert released.wait(30)
        return pass_on(heard)

    with HttpServer(hold) as server:
        session = open_session(server.url)
        first = runflow_nb.generate("a heron", resolution="0.5K", background=True)
        assert arrived.wait(30)
        session.use_key(Secret("rf_live_another"))
        second = runflow_nb.generate("a heron", resolution="0.5K", background=True)
        assert second.decided.wait(30)
        assert second.id == first.id is not None
        released.set()
        assert second.wait(30) == first.wait(30)
        assert [heard.path for heard in server.heard if "client_ref" in heard.path] == []
