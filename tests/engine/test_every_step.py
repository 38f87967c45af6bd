"""Whatever step a program is stopped after: the same request, made again, is one run on the server and one picture."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from runflow_nb import calls
from runflow_nb.clock import Clock
from runflow_nb.engine.session import Session
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.engine.driver import LaterClock
from tests.soak.clock import FastClock

LATER = 61
"""Seconds that the clock has moved on when the request is made again: a create without an answer may be settled."""
SLOW = 0.8
"""Seconds that a server takes to accept a create."""
FAST = 40.0
"""Times the machine's, the clock of whoever comes then: a minute is longer than the server takes."""
STEPS = 14
"""More effects than a run has; the tests prove it."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[EmbeddedSandbox]:
    """One that makes another run of whatever is sent again: that it is never sent twice is up to us."""
    with EmbeddedSandbox(latency=0.05, faults="create: forgets-key") as server:
        yield server


def drive(store: Path, url: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.engine.driver", str(store), url, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=90)


def effects(finished: subprocess.CompletedProcess[str]) -> int:
    assert finished.returncode == 0, finished.stderr
    return int(finished.stdout.split()[-1])


def created(sandbox: EmbeddedSandbox, prompt: str) -> list[str]:
    """Ids of the runs that the server has accepted for this prompt."""
    received = [entry for entry in sandbox.book.received if entry.body["input"]["prompt"] == prompt]
    return [entry.body["client_ref"] for entry in received if entry.status == 201 and not entry.replayed]


@contextmanager
def another_session(
    sandbox: EmbeddedSandbox, store: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock | None = None
) -> Iterator[Session]:
    """A session of this process on the same store, its clock moved on."""
    monkeypatch.setenv("RUNFLOW_BASE_URL", sandbox.url)
    monkeypatch.setenv("RUNFLOW_NB_STORE", str(store))
    session = Session(clock or LaterClock(LATER))
    calls.use(session)
    try:
        yield session
    finally:
        calls.use(None)
        session.close()


def stop_and_repeat(
    store: Path, sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch, step: int, image: Path | None = None
) -> None:
    prompt = f"a fox{' made anew' if image else ''}, stopped after step {step}"
    options = ["--image", str(image)] if image else []
    stopped = drive(store, sandbox.url, prompt, "--stop-after", str(step), *options)
    with another_session(sandbox, store, monkeypatch) as session:
        assert_bought_once(sandbox, session, prompt, image, told=stopped.stderr)


def assert_bought_once(
    sandbox: EmbeddedSandbox, session: Session, prompt: str, image: Path | None = None, told: str = ""
) -> None:
    """The request made again is the one run that the server has of it, whole in the store; made once more, it asks
    nobody."""
    run = calls.generate(prompt, images=image, resolution="0.5K")
    assert created(sandbox, prompt) == [run.id], told
    assert all(hashlib.sha256(image.bytes).hexdigest() == image.sha256 for image in run.images)
    assert session.engine(session.settings()).open_runs() == []
    before = sandbox.book.requests
    assert calls.generate(prompt, images=image, resolution="0.5K") == run
    assert sandbox.book.requests == before


def large_picture(folder: Path) -> Path:
    """One above 1 MiB, which is uploaded first: there are more steps to be stopped after."""
    large = folder / "large.png"
    Image.effect_noise((1200, 1200), 90).save(large)
    assert large.stat().st_size > 2**20
    return large


def test_the_steps_cover_a_whole_run(tmp_path: Path, sandbox: EmbeddedSandbox) -> None:
    """The last step of the tests below lies past the last effect of a run."""
    assert 8 < effects(drive(tmp_path / ".runflow", sandbox.url, "a fox, not stopped")) < STEPS


@pytest.mark.parametrize("step", range(1, STEPS))
def test_stopped_after_any_step_a_run_is_bought_once_and_kept(
    tmp_path: Path, sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    stop_and_repeat(tmp_path / ".runflow", sandbox, monkeypatch, step)


@pytest.mark.thorough
@pytest.mark.parametrize("step", range(1, STEPS + 6))
def test_stopped_after_any_step_an_edit_of_a_large_picture_is_bought_once_and_kept(
    tmp_path: Path, sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    stop_and_repeat(tmp_path / ".runflow", sandbox, monkeypatch, step, large_picture(tmp_path))


def test_killed_while_a_slow_server_has_its_create_a_run_is_bought_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No search finds what is not accepted yet: nothing is sent again before it is long past."""
    prompt, store = "a fox, asked for and left", tmp_path / ".runflow"
    plan = f"create: delay={SLOW}s 1st; create: forgets-key"
    with EmbeddedSandbox(latency=0, faults=plan) as sandbox:
        command = [sys.executable, "-m", "tests.engine.driver", str(store), sandbox.url, prompt]
        with subprocess.Popen(command) as program:
            deadline = time.monotonic() + 60
            while not any(name.startswith("POST") for name in sandbox.book.requests):
                assert time.monotonic() < deadline
            program.kill()
            killed = time.monotonic()
        with another_session(sandbox, store, monkeypatch, FastClock(time.time(), FAST)):
            run = calls.generate(prompt, resolution="0.5K")
            # What was sent first may be accepted only now.
            time.sleep(max(0.0, killed + SLOW + 0.2 - time.monotonic()))
            assert created(sandbox, prompt) == [run.id]


def test_two_programs_asking_at_the_same_time_buy_once(tmp_path: Path, sandbox: EmbeddedSandbox) -> None:
    prompt, store = "a fox, asked for twice at once", tmp_path / ".runflow"
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: drive(store, sandbox.url, prompt), range(2)))
    assert [each.returncode for each in both] == [0, 0], [each.stderr for each in both]
    assert len(created(sandbox, prompt)) == 1
