"""Clocks that are set, back or far forward, in mid-run or between two kernels, and time zones: order, ids, waits and
money go by what has truly passed."""

from __future__ import annotations

import asyncio
import errno
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

import runflow_nb
from runflow_nb import calls
from runflow_nb.clock import SystemClock, passed
from runflow_nb.engine.recorder import Recorder
from runflow_nb.engine.recovery import QUIET
from runflow_nb.errors import BudgetExceeded
from runflow_nb.record.ids import new_id
from runflow_nb.record.run import Run
from runflow_nb.record.store import RECENT, Store
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.test_recovery import cut_off
from tests.http_server import Answer, Heard, HttpServer, relay
from tests.record.made import intent

HOUR, YEAR = 3600.0, 365 * 86_400.0
QUICK = {"resolution": "0.5K", "output_format": "jpeg"}
SET = pytest.mark.parametrize("change", [-HOUR, YEAR], ids=["back an hour", "forward a year"])


class SetClock(SystemClock):
    """The machine's clock, which can be set. Waits take no time, but both clocks say that they did.

    One for all processes of a test: they run on one machine.
    """

    def __init__(self) -> None:
        self.offset = 0.0
        self.waited = 0.0
        self.slept: list[float] = []

    def time(self) -> float:
        return super().time() + self.offset + self.waited

    def monotonic(self) -> float:
        return super().monotonic() + self.waited

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.waited += seconds
        await asyncio.sleep(0)

    def set_to(self, moment: str) -> None:
        """To this time of UTC."""
        self.offset += datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() - self.time()


def bird(name: str = "an owl", **given: Any) -> Run:
    run = runflow_nb.generate(name, **QUICK, **given)
    assert isinstance(run, Run)
    return run


def at_first(what: str, url: str, do: Callable[[], None], change: Callable[[Heard, Any], Any] | None = None) -> Any:
    """Passes all on to this address; when this is asked for the first time, something happens after its answer."""
    forward = relay(url, change or (lambda _, answer: answer))
    done = threading.Event()

    def answer(heard: Heard) -> Answer:
        given = forward(heard)
        if not done.is_set() and f"{heard.method} {heard.path}".startswith(what):
            done.set()
            do()
        return given

    return answer


# --- nothing is bought twice


@SET
def test_a_create_that_is_still_on_its_way_is_not_sent_again_because_the_clock_was_set(
    sandbox: EmbeddedSandbox, open_session: OpenSession, change: float
) -> None:
    """It arrives half a minute after its process was killed, at an API that knows nothing of idempotency keys."""
    clock = SetClock()
    cut_off(open_session, sandbox.url, clock=clock).close()
    (begun,) = runflow_nb.history(all=True)
    forward = relay(sandbox.url)
    late = Heard("POST", f"/v1/models/{begun.model}/runs", {"authorization": "Bearer sandbox"}, b"")
    killed, sent = clock.monotonic(), []

    def answer(heard: Heard) -> Answer:
        if heard.method == "POST":
            sent.append("again")
            heard.headers.pop("idempotency-key")
        if clock.monotonic() > killed + QUIET / 2 and "late" not in sent:
            sent.append("late")
            body = b'{"input": {"prompt": "an owl"}, "client_ref": "%b"}' % begun.id.encode()
            headers = {**late.headers, "content-type": "application/json"}
            assert forward(Heard(late.method, late.path, headers, body)).status == 201
        return forward(heard)

    with HttpServer(answer) as server:
        clock.offset = change
        open_session(server.url, clock=clock)
        assert bird().id == begun.id
    assert sent == ["late"]
    assert [booked.client_ref for booked in sandbox.book.runs] == [begun.id]
    assert max(clock.slept) <= QUIET


@SET
def test_without_locks_a_process_in_the_call_is_alive_for_ten_true_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: float
) -> None:
    def unsupported(*_: object, **__: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(FileLock, "acquire", unsupported)
    clock = SetClock()
    living, store = Store(tmp_path / ".runflow", clock=clock), Store(tmp_path / ".runflow", clock=clock)
    living.journal.append(intent(living.new_id(), session=living.session))
    with store.lock():
        assert not store.locks_work
    clock.offset = change
    assert store.is_alive(living.session)
    clock.waited += RECENT - 1
    assert store.is_alive(living.session)
    clock.waited += 2
    assert not store.is_alive(living.session)


def test_who_sends_a_run_once_more_after_the_clock_was_set_back_is_known_to_be_in_the_call(tmp_path: Path) -> None:
    clock = SetClock()
    store = Store(tmp_path / ".runflow", clock=clock)
    recorder, name = Recorder(store), store.new_id()
    store.journal.append(intent(name, session="gone"))
    recorder.unknown(name, "no answer in time")
    clock.offset = -HOUR
    recorder.resent(name, name, "its process ended")
    run = store.index.run(name)
    assert run is not None
    assert (run.phase, run.session) == ("intent", store.session)


def test_a_create_that_went_out_late_is_young_also_where_the_clock_was_set_forward(tmp_path: Path) -> None:
    """It was not taken at first, and sent again after minutes: those do not count into its minute of quiet."""
    clock = SetClock()
    store = Store(tmp_path / ".runflow", clock=clock)
    name = store.new_id()
    store.journal.append(intent(name, session="gone"))
    clock.waited += 300
    Recorder(store).repeated(name)
    clock.offset = YEAR
    run = store.index.run(name)
    assert run is not None
    assert passed(clock, run.updated_at.timestamp(), run.uptimes) < QUIET / 2


# --- waits and durations


@SET
def test_a_clock_that_is_set_in_mid_run_neither_prolongs_a_wait_nor_ends_one(
    open_session: OpenSession, sandbox: EmbeddedSandbox, change: float
) -> None:
    """A run that is not there yet, and one picture of three that storage does not have yet, are waited for."""
    clock, missing = SetClock(), ["run", "picture"]

    def set_clock() -> None:
        clock.offset = change

    def through(_: Heard, answer: Any) -> Any:
        for output in (answer.get("output") or {}).get("outputs", ()):
            output["url"] = output["url"].replace(sandbox.url, server.url)
        # Nor does the API say how long it took.
        return {**answer, "duration_ms": None} if "duration_ms" in answer else answer

    passing = at_first("GET /v1/runs/", sandbox.url, set_clock, through)

    def answer(heard: Heard) -> Answer:
        kind = "run" if heard.path.startswith("/v1/runs/") else "" if heard.path.startswith("/v1/") else "picture"
        if heard.method == "GET" and kind in missing:
            missing.remove(kind)
            return Answer(404, b'{"code": "RUN_NOT_FOUND", "message": "no such run"}')
        return passing(heard)

    with HttpServer(answer) as server:
        open_session(server.url, clock=clock)
        run = bird(num_images=3)
        assert len(run.images) == 3
        assert missing == []
        assert run.duration is not None
        assert run.duration < 60
        bird("a hen")
    assert max(clock.slept) < 60
    assert sum(clock.slept) < HOUR / 2


@SET
def test_a_run_is_collected_by_a_kernel_whose_clock_is_another(
    open_session: OpenSession, sandbox: EmbeddedSandbox, change: float
) -> None:
    """Accepted, and not there yet when the next kernel asks: it knows that this was a moment ago."""
    clock, seen = SetClock(), []
    forward = relay(sandbox.url)

    def answer(heard: Heard) -> Answer:
        if heard.method == "GET" and heard.path.startswith("/v1/runs/"):
            seen.append(heard.path)
            if len(seen) < 3:
                return Answer(404 if len(seen) == 2 else 401, b'{"code": "RUN_NOT_FOUND", "message": "no such run"}')
        return forward(heard)

    with HttpServer(answer) as server:
        first = open_session(server.url, clock=clock)
        with pytest.raises(runflow_nb.errors.NotCollected):
            bird()
        first.close()
        clock.offset = change
        open_session(server.url, clock=clock)
        run = bird()
    assert [booked.client_ref for booked in sandbox.book.runs] == [run.id]
    assert run.images[0].path.exists()


# --- order


@given(st.lists(st.floats(0, 4e9), min_size=1, max_size=40))
@examples(max_examples=60, deadline=None, derandomize=True)
def test_ids_increase_whatever_the_clock_says(moments: list[float]) -> None:
    drawn = [new_id(moment) for moment in moments]
    assert drawn == sorted(set(drawn))


@SET
def test_what_is_bought_later_is_later_on_record_and_keeps_nobody_from_their_take(
    open_session: OpenSession, sandbox: EmbeddedSandbox, change: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one kernel and from kernel to kernel, the clock set between any two of them."""
    clock = SetClock()
    bought = []
    for number, offset in enumerate([0, change, 0, -change, 0]):
        # As in a process of its own, which has drawn no id yet.
        monkeypatch.setattr("runflow_nb.record.ids._last", 0)
        clock.offset = offset
        session = open_session(sandbox.url, clock=clock)
        bought.append(bird(seed=7, take=number + 1))
        clock.offset -= offset
        bought.append(bird(f"bird {number}"))
        session.close()
    open_session(sandbox.url, clock=clock)
    assert [run.id for run in bought] == sorted(run.id for run in bought)
    assert list(runflow_nb.history(all=True)) == bought[::-1]
    assert [bird(seed=7, take=number + 1) for number in range(5)] == bought[::2]
    assert len(sandbox.book.runs) == len(bought)


@pytest.mark.parametrize("name", ["7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "zzz"])
def test_an_id_that_somebody_made_up_keeps_nobody_from_drawing(tmp_path: Path, name: str) -> None:
    store = Store(tmp_path / ".runflow")
    store.journal.append(intent(name))
    drawn = [store.new_id() for _ in range(3)]
    assert drawn == sorted(set(drawn))
    assert drawn[-1] < "1"


# --- days and zones


@pytest.fixture(params=["UTC", "Etc/GMT-14", "Etc/GMT+11", "America/New_York"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_a_day_of_the_budget_is_one_of_utc_in_every_zone(
    open_session: OpenSession, sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    clock = SetClock()
    clock.set_to("2030-03-09T23:30")
    open_session(sandbox.url, clock=clock)
    monkeypatch.setenv("RUNFLOW_NB_BUDGET", "0.10/day")
    bird()
    clock.set_to("2030-03-09T23:50")
    with pytest.raises(BudgetExceeded):
        bird("a hen")
    clock.set_to("2030-03-10T00:10")
    bird("a hen")


def test_a_clock_that_was_ahead_for_a_while_has_spent_of_today(
    open_session: OpenSession, sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SetClock()
    monkeypatch.setenv("RUNFLOW_NB_BUDGET", "0.13/day")
    open_session(sandbox.url, clock=clock)
    bird()
    clock.offset = YEAR
    bird("a hen")
    clock.offset = 0
    with pytest.raises(BudgetExceeded):
        bird("a fox")


def test_an_hour_that_comes_twice_is_two_hours_in_the_journal(
    open_session: OpenSession, sandbox: EmbeddedSandbox, zone: str
) -> None:
    """New York, 2030-11-03: 01:30 in summer time, and once more an hour later."""
    clock = SetClock()
    clock.set_to("2030-11-03T05:30")
    open_session(sandbox.url, clock=clock)
    summer = bird()
    clock.set_to("2030-11-03T06:30")
    winter = bird("a hen")
    assert (winter.created_at - summer.created_at).total_seconds() == pytest.approx(HOUR, abs=60)
    assert list(runflow_nb.history(all=True)) == [winter, summer]
    assert summer.created_at.isoformat().startswith("2030-11-03T05:30")
    lines = calls.current_store().journal.path.read_text().splitlines()
    assert all('"at":"2030-11-03T0' in line and 'Z",' in line for line in lines)
