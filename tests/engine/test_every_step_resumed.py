"""Whatever step a program or its resume is stopped after: resumed, and asked for again, it is one run, one picture."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.engine.driver import LaterClock, resume
from tests.engine.test_every_step import (
    LATER,
    STEPS,
    another_session,
    assert_bought_once,
    created,
    drive,
    effects,
    large_picture,
)

UPLOADING = 6
"""More effects than an upload adds to a run."""
RESUMING = 10
"""More effects than a resume of one run has; a test proves it."""
ACCEPTED = "the create was answered, and no more"
WRITTEN = "the acceptance is on record"
STOPPED_AT = {"intent": 4, ACCEPTED: 5, WRITTEN: 6}
"""Steps of a text request after which its run is open, each in another way; a test proves it."""
ODD_ONES = [5, 9]
"""Those whose ends differ: answered and not written down, the picture half home."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[EmbeddedSandbox]:
    """One that makes another run of whatever is sent again: that it is never sent twice is up to us."""
    with EmbeddedSandbox(latency=0.05, faults="create: forgets-key") as server:
        yield server


def stop_resume_and_repeat(
    store: Path,
    sandbox: EmbeddedSandbox,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    *,
    image: Path | None = None,
    resume_step: int | None = None,
) -> None:
    prompt = f"a hare{' made anew' if image else ''}, stopped after step {step}, resumed up to {resume_step}"
    options = ["--image", str(image)] if image else []
    drive(store, sandbox.url, prompt, "--stop-after", str(step), *options)
    if resume_step is not None:
        drive(store, sandbox.url, "--resume", "--stop-after", str(resume_step), "--later", str(LATER))
    with another_session(sandbox, store, monkeypatch, LaterClock(2 * LATER)) as session:
        accepted = created(sandbox, prompt)
        resumed = resume(session)
        assert created(sandbox, prompt) == accepted, "a resume sends no create"
        index = session.store(session.settings()).index
        for name in accepted:
            run = index.run(name)
            assert run is not None
            assert run.delivered, resumed
            assert [hashlib.sha256(image.bytes).hexdigest() for image in run.images] == [
                image.sha256 for image in run.images
            ]
    # What was never accepted may be sent once more when nobody has been in the call for long enough.
    with another_session(sandbox, store, monkeypatch, LaterClock(3 * LATER)) as session:
        assert_bought_once(sandbox, session, prompt, image)


@pytest.mark.parametrize("step", ODD_ONES)
def test_stopped_after_an_odd_step_a_resume_brings_home_what_was_bought(
    tmp_path: Path, sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    stop_resume_and_repeat(tmp_path / ".runflow", sandbox, monkeypatch, step)


@pytest.mark.parametrize("resume_step", [2])
def test_a_resume_that_was_stopped_is_taken_up_by_the_next(
    tmp_path: Path, sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch, resume_step: int
) -> None:
    step = STOPPED_AT[ACCEPTED]
    stop_resume_and_repeat(tmp_path / ".runflow", sandbox, monkeypatch, step, resume_step=resume_step)


@pytest.mark.thorough
@pytest.mark.parametrize("step", range(1, STEPS))
def test_stopped_after_any_step_a_resume_brings_home_what_was_bought(
    tmp_path: Path, sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    stop_resume_and_repeat(tmp_path / ".runflow", sandbox, monkeypatch, step)


@pytest.mark.thorough
@pytest.mark.parametrize("step", range(1, STEPS + UPLOADING))
def test_stopped_after_any_step_of_an_edit_a_resume_brings_home_what_was_bought(
    tmp_path: Path, sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    stop_resume_and_repeat(tmp_path / ".runflow", sandbox, monkeypatch, step, image=large_picture(tmp_path))


@pytest.mark.thorough
@pytest.mark.parametrize("resume_step", range(1, RESUMING))
@pytest.mark.parametrize("step", STOPPED_AT.values(), ids=STOPPED_AT)
def test_stopped_after_any_step_a_resume_is_taken_up_by_the_next(
    tmp_path: Path, sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch, step: int, resume_step: int
) -> None:
    stop_resume_and_repeat(tmp_path / ".runflow", sandbox, monkeypatch, step, resume_step=resume_step)


@pytest.mark.thorough
@pytest.mark.parametrize("step", STOPPED_AT.values(), ids=STOPPED_AT)
def test_the_steps_cover_a_whole_resume(tmp_path: Path, sandbox: EmbeddedSandbox, step: int) -> None:
    """The run is open when it is stopped, and the last step of the tests above lies past the last effect."""
    store, prompt = tmp_path / ".runflow", f"a hare, cut off at {step}"
    drive(store, sandbox.url, prompt, "--stop-after", str(step))
    assert len(list((store / "open").iterdir())) == 1
    assert created(sandbox, prompt) or step == STOPPED_AT["intent"]
    assert 1 < effects(drive(store, sandbox.url, "--resume", "--later", str(LATER))) < RESUMING
