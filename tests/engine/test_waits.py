"""Nothing waits for ever, and nothing waits for itself."""

from __future__ import annotations

import _thread
import asyncio
import gc
import io
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import runflow_nb
from runflow_nb.clock import SystemClock
from runflow_nb.engine.job import Job, Withdrawn
from runflow_nb.engine.session import Session
from runflow_nb.errors import NotConnected, PicturesGone, WaitInterrupted
from runflow_nb.models.request import build_request
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.http_server import Answer, Heard, HttpServer, relay

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}
MANY = 40
"""More jobs than asyncio has threads for what blocks, on any machine (32 at the most)."""


def png(colour: int = 0) -> Answer:
    stream = io.BytesIO()
    Image.new("RGB", (64, 64), (colour % 256, colour // 256, 9)).save(stream, "PNG")
    return Answer(200, stream.getvalue(), {"Content-Type": "image/png"})


@pytest.mark.parametrize("base_url", ["sandbox", None], ids=["sandbox yet to be started", "sandbox that runs"])
def test_many_jobs_with_pictures_by_address_do_not_wait_for_each_others_threads(
    base_url: str | None, sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    """Looking up a name and starting a sandbox each need a thread while all jobs read their addresses."""
    open_session(base_url or sandbox.url)
    with HttpServer(lambda _: png()) as web:
        named = web.url.replace("127.0.0.1", "localhost")
        jobs = [
            runflow_nb.generate(f"owl {number}", images=f"{named}/{number}.png", background=True, **QUICK)
            for number in range(MANY)
        ]
        assert len({job.wait(60).id for job in jobs}) == MANY


def test_files_that_changed_on_the_server_are_not_fetched_for_ever(
    sandbox: EmbeddedSandbox, open_session: OpenSession, tmp_path: Path
) -> None:
    painted = 0

    def link_here(heard: Heard, answer: Any) -> Any:
        for output in (answer.get("output") or {}).get("outputs", ()):
            output["url"] = f"{server.url}/picture.png"
        return answer

    forward = relay(sandbox.url, link_here)

    def answer(heard: Heard) -> Answer:
        nonlocal painted
        if heard.path != "/picture.png":
            return forward(heard)
        painted += 1
        return png(painted)

    with HttpServer(answer) as server:
        open_session(server.url)
        run = runflow_nb.generate("an owl", **QUICK)
        for folder in ("images", "previews"):
            shutil.rmtree(tmp_path / ".runflow" / folder)
        job = runflow_nb.generate("an owl", background=True, **QUICK)
        with pytest.raises(PicturesGone, match="other files than those that were recorded"):
            job.wait(30)
    assert painted == 2
    assert [booked.client_ref for booked in sandbox.book.runs] == [run.id]


def test_what_is_stopped_before_it_was_bought_is_not_bought(
    sandbox: EmbeddedSandbox, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person who stops a cell while its pictures are still read pays for nothing, and is told so."""
    stopped = threading.Event()
    jobs: list[Job] = []
    place = session.place

    def placed(*given: Any) -> Job:
        jobs.append(place(*given))
        return jobs[-1]

    monkeypatch.setattr(session, "place", placed)

    def answer(_: Heard) -> Answer:
        _thread.interrupt_main()
        assert stopped.wait(30)
        return png()

    with HttpServer(answer) as web:
        with pytest.raises(WaitInterrupted, match=r"^Stopped. Nothing new was sent or billed."):
            runflow_nb.generate("an owl", images=f"{web.url}/a.png", **QUICK)
        stopped.set()
        with pytest.raises(Withdrawn):
            jobs[0].wait(30)
    assert sandbox.book.runs == ()
    assert session.engine(session.settings()).open_runs() == []


def test_what_was_begun_cannot_be_taken_back(sandbox: EmbeddedSandbox, session: Session) -> None:
    job = runflow_nb.generate("an owl", background=True, **QUICK)
    assert job.decided.wait(30)
    assert not job.withdraw()
    assert job.wait(30).images


def test_a_wait_that_was_given_up_leaves_no_complaint_when_the_run_fails() -> None:
    """asyncio tells of errors that nobody fetched, with a traceback, in whichever cell runs."""
    complaints: list[dict[str, Any]] = []

    async def give_up() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        job = Job(build_request(None, {"prompt": "an owl"}).price, SystemClock())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(awaited(job), 0)
        waiting = asyncio.create_task(awaited(job))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        job.fail(NotConnected())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gc.collect()

    asyncio.run(give_up())
    assert complaints == []


async def awaited(job: Job) -> Run:
    return await job
