"""Runs that were cut off: found where they are, sent once more only where that is safe, and nothing false is said."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

import runflow_nb
from runflow_nb import calls
from runflow_nb.clock import SystemClock
from runflow_nb.engine.resuming import Resuming
from runflow_nb.engine.session import Session
from runflow_nb.errors import DownloadFailed, NotCollected, NotConnected, RunflowError, RunUnknown
from runflow_nb.record.disk import Disk, explained
from runflow_nb.record.run import Run
from runflow_nb.record.store import Store
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.secret import Secret
from tests.conftest import OpenSession
from tests.http_server import Answer, Heard, HttpServer, relay

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}
LATER = 61.0


def owl(prompt: str = "an owl", **given: Any) -> Run:
    run = runflow_nb.generate(prompt, **QUICK, **given)
    assert isinstance(run, Run)
    return run


class Stuck(httpx.AsyncHTTPTransport):
    """The real network, but no create with this prompt ever leaves."""

    def __init__(self, prompt: str = "an owl") -> None:
        super().__init__()
        self._prompt = prompt
        self.reached = threading.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and json.loads(await request.aread())["input"]["prompt"] == self._prompt:
            self.reached.set()
            await asyncio.Event().wait()
        return await super().handle_async_request(request)


class Skipping(SystemClock):
    """Waits take no time, but the clock says that they did."""

    def __init__(self, ahead: float = 0.0) -> None:
        self._ahead = ahead
        self.slept: list[float] = []

    def time(self) -> float:
        return super().time() + self._ahead

    def monotonic(self) -> float:
        return super().monotonic() + max(0.0, self._ahead)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._ahead += seconds
        await asyncio.sleep(0)


class Full(Disk):
    """The real disk, on which there is no room for events of this kind."""

    def __init__(self, kind: str) -> None:
        self._kind = kind.encode()

    def append(self, path: Path, data: bytes) -> None:
        if b'"event":"%b"' % self._kind in data:
            with explained(path):
                raise OSError(28, "")
        super().append(path, data)


def cut_off(open_session: OpenSession, url: str, prompt: str = "an owl", **seams: Any) -> Session:
    """A session that has begun to send a create which never arrives."""
    stuck = Stuck(prompt)
    session = open_session(url, transport=stuck, **seams)
    runflow_nb.generate(prompt, background=True, **QUICK)
    assert stuck.reached.wait(30)
    return session


def test_a_create_that_was_cut_off_is_sent_once_more_also_where_others_went_before(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    stuck = Stuck("a second owl")
    first = open_session(sandbox.url, transport=stuck)
    owl("a first owl")
    runflow_nb.generate("a second owl", background=True, **QUICK)
    assert stuck.reached.wait(30)
    first.close()
    open_session(sandbox.url, clock=Skipping(LATER))
    run = owl("a second owl")
    assert [booked.client_ref for booked in sandbox.book.runs].count(run.id) == 1
    assert len(sandbox.book.runs) == 2


def test_a_clock_that_was_set_back_prolongs_no_wait(sandbox: EmbeddedSandbox, open_session: OpenSession) -> None:
    cut_off(open_session, sandbox.url).close()
    clock = Skipping(-86_400)
    open_session(sandbox.url, clock=clock)
    owl()
    assert max(clock.slept) < 70
    assert len(sandbox.book.runs) == 1


def test_quiet_is_counted_from_the_last_that_was_heard_of_a_run(
    sandbox: EmbeddedSandbox, open_session: OpenSession, tmp_path: Path
) -> None:
    """A create may have left long after its intent: who gave it up a moment ago was in the call until then."""
    cut_off(open_session, sandbox.url).close()
    late = Store(tmp_path / ".runflow", clock=Skipping(100))
    (name,) = late.open_markers()
    late.journal.append({"event": "unknown", "run": name, "reason": "no answer in time"})
    late.close()
    clock = Skipping(101)
    open_session(sandbox.url, clock=clock)
    assert owl().id == name
    assert 55 < max(clock.slept) < 70


def test_a_process_that_cannot_write_down_an_acceptance_keeps_nobody_waiting(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    """Its disk is full and it lives on; another one finds the run by its label and brings it home."""
    open_session(sandbox.url, disk=Full("accepted"))
    with pytest.raises(NotCollected):
        owl()
    open_session(sandbox.url)
    job = runflow_nb.generate("an owl", background=True, **QUICK)
    run = job.wait(20)
    assert [booked.client_ref for booked in sandbox.book.runs] == [run.id]


def test_two_that_recover_one_run_send_it_once_more_between_them(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    cut_off(open_session, sandbox.url).close()
    both = [open_session(sandbox.url, clock=Skipping(LATER)) for _ in range(2)]
    jobs = []
    for session in both:
        calls.use(session)
        jobs.append(runflow_nb.generate("an owl", background=True, **QUICK))
    first, second = (job.wait(30) for job in jobs)
    assert first.id == second.id
    assert len(sandbox.book.runs) == 1


def test_whoever_sends_a_run_once_more_is_waited_for(sandbox: EmbeddedSandbox, open_session: OpenSession) -> None:
    """A third process finds the second one in the call: it neither gives the run up nor says that it was given up."""
    cut_off(open_session, sandbox.url).close()
    second = cut_off(open_session, sandbox.url, clock=Skipping(LATER))
    open_session(sandbox.url, clock=Skipping(3 * LATER))
    job = runflow_nb.generate("an owl", background=True, **QUICK)
    with pytest.raises(TimeoutError):
        job.wait(2)
    (run,) = runflow_nb.history(all=True)
    assert (run.phase, run.resends, run.session) == ("intent", 1, second.store(second.settings()).session)


# --- an API of which it is not known whether a search finds everything


@pytest.fixture
def elsewhere(sandbox: EmbeddedSandbox) -> Any:
    """Makes an address that passes everything on to the sandbox, and is taken for somebody's proxy."""

    def make(answer: Any = None, change: Any = None) -> HttpServer:
        def not_a_sandbox(heard: Heard, given: Any) -> Any:
            if heard.path == "/v1/health":
                return {"status": "ok"}
            return change(heard, given) if change else given

        forward = relay(sandbox.url, not_a_sandbox, token="sandbox")
        return HttpServer(lambda heard: (answer(heard, forward) if answer else None) or forward(heard))

    return make


def accepted_and_lost(heard: Heard, forward: Any) -> Answer | None:
    """Creates arrive, their answers are lost; no search is answered."""
    if heard.method == "POST" and heard.path.startswith("/v1/models/"):
        forward(heard)
        return Answer(500)
    return Answer(500) if heard.path.startswith("/v1/runs") else None


def test_a_full_disk_never_makes_a_doubtful_run_one_that_was_not_billed(
    elsewhere: Any, sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    with elsewhere(accepted_and_lost) as server:
        open_session(server.url, disk=Full("unknown"), clock=Skipping()).use_key(Secret("rf_live_something_long"))
        with pytest.raises(RunUnknown, match="It may have cost"):
            owl()
    assert len(sandbox.book.runs) == 1


def test_a_run_of_which_nothing_is_known_is_never_said_to_be_accepted(
    elsewhere: Any, sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    with elsewhere() as server:
        cut_off(open_session, sandbox.url).close()
        session = open_session(server.url)
        session.use_key(Secret("rf_live_something_long"))
        engine = session.engine(session.settings())
        (run,) = engine.open_runs()
        with pytest.raises(RunUnknown, match="made at sandbox, and this session is connected elsewhere"):
            engine.collect(run, session.settings()).wait(20)
        assert [each.phase for each in engine.open_runs()] == ["intent"]


@pytest.mark.parametrize(
    ("variable", "value", "refusal", "words"),
    [
        ("RUNFLOW_NB_REUSE", "only", RunUnknown, 'reuse is "only"'),
        ("RUNFLOW_BASE_URL", "https://api.runflow.io", NotConnected, "Nothing was sent"),
    ],
)
def test_where_nothing_may_be_asked_nothing_is_collected(
    sandbox: EmbeddedSandbox,
    open_session: OpenSession,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    refusal: type[RunflowError],
    words: str,
) -> None:
    """Whoever asks for it; a run that a job of this process is at is followed all the same."""
    following = cut_off(open_session, sandbox.url)
    (run,) = following.engine(following.settings()).open_runs()
    other = open_session(sandbox.url)
    monkeypatch.setenv(variable, value)
    engine, settings = other.engine(other.settings()), other.settings()
    assert not engine.may_collect(run, settings)
    for begin in (lambda: engine.collect(run, settings), lambda: Resuming(engine, [run], settings)):
        with pytest.raises(refusal, match=words):
            begin()
    assert not engine.connection.made
    engine = following.engine(following.settings())
    assert not engine.collect(run, following.settings()).done()


def test_a_run_that_a_search_found_is_read_whole_before_it_is_collected(
    elsewhere: Any, sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    """A listing may tell less of a run than the run itself does."""

    def lost(heard: Heard, forward: Any) -> Answer | None:
        if heard.method == "POST" and heard.path.startswith("/v1/models/"):
            forward(heard)
            return Answer(500)
        return None

    def short(heard: Heard, given: Any) -> Any:
        if heard.path.startswith("/v1/runs?"):
            known = ("id", "status_code", "client_ref", "created_at")
            return {**given, "items": [{name: item[name] for name in known} for item in given["items"]]}
        return given

    with elsewhere(lost, short) as server:
        open_session(server.url, clock=Skipping()).use_key(Secret("rf_live_something_long"))
        run = owl()
    assert run.cost is not None
    assert run.images[0].path.exists()


def test_a_fresh_process_learns_whose_runs_its_key_sees_before_it_judges(
    elsewhere: Any, sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    """Proven and of the same organisation: what a killed process did not send is sent."""
    with elsewhere() as server:
        stuck = Stuck("a second owl")
        first = open_session(server.url, transport=stuck)
        first.use_key(Secret("rf_live_something_long"))
        owl("a first owl")
        runflow_nb.generate("a second owl", background=True, **QUICK)
        assert stuck.reached.wait(30)
        first.close()
        open_session(server.url, clock=Skipping(LATER)).use_key(Secret("rf_live_something_long"))
        owl("a second owl")
    assert len(sandbox.book.runs) == 2


def test_what_is_sent_once_more_is_the_body_that_was_sent_last(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    """A refused seed makes a new create; when its answer is lost, that one is repeated, not the refused one."""
    sent: list[tuple[str, bool]] = []
    forward = relay(sandbox.url)

    def answer(heard: Heard) -> Answer:
        if heard.method == "POST":
            seeded = "seed" in json.loads(heard.body)["input"]
            sent.append((heard.headers["idempotency-key"], seeded))
            if seeded:
                fields = [{"loc": ["body", "input", "seed"], "msg": "not known"}]
                return Answer(422, json.dumps({"code": "VALIDATION_ERROR", "message": "", "errors": fields}).encode())
            if len(sent) == 2:
                return Answer(502)
        return forward(heard)

    with HttpServer(answer) as server:
        open_session(server.url, clock=Skipping())
        run = owl()
    assert sent == [(run.id, True), (f"{run.id}-2", False), (f"{run.id}-2", False)]
    assert (run.resends, run.seeds.sent) == (1, None)


def test_a_picture_that_is_gone_for_good_does_not_keep_the_others_from_coming_home(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    """At first all are waited for, as links and storage have bad moments; later what there is comes home."""

    def one_is_gone(heard: Heard, answer: Any) -> Any:
        outputs = (answer.get("output") or {}).get("outputs", ())
        if len(outputs) > 1:
            outputs[1]["url"] = f"{server.url}/gone.png"
        return answer

    forward = relay(sandbox.url, one_is_gone)
    with HttpServer(lambda heard: Answer(404) if heard.path == "/gone.png" else forward(heard)) as server:
        open_session(server.url)
        with pytest.raises(DownloadFailed):
            owl(num_images=3)
        open_session(server.url, clock=Skipping(601))
        run = owl(num_images=3)
    assert [image.path.exists() for image in run.images] == [True, True]
    assert "2 of 3 pictures were delivered" in run.notes
    assert len(sandbox.book.runs) == 1
