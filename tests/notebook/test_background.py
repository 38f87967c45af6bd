"""`--background`: the cell ends at once, its outputs follow the run, and nothing of it is lost or told elsewhere."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from runflow_nb import settings
from runflow_nb.clock import SystemClock
from runflow_nb.engine.job import Job
from runflow_nb.errors import WaitInterrupted
from runflow_nb.models.request import build_request
from runflow_nb.notebook import background
from runflow_nb.notebook.showing.screen import Screen
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.http_server import Heard, HttpServer, relay
from tests.notebook.kernel import Kernel, Ran
from tests.notebook.made import RUN, made

FAST = "-r 0.5K"


def sent(sandbox: EmbeddedSandbox, word: str) -> int:
    return sum(word in received.body["input"].get("prompt", "") for received in sandbox.book.received)


def kinds(ran: Ran) -> list[str]:
    return [kind for kind, _ in ran.messages if kind.endswith("display_data")]


def test_the_cell_ends_at_once_and_its_picture_comes_later(slow_cells: Kernel, slow_sandbox: EmbeddedSandbox) -> None:
    """While other cells run; who waits for the job has the run, and the same outputs as a cell that waited itself."""
    begun = slow_cells.run(f"%%nanobanana {FAST} --seed 2 -b -o stork\nA background stork")
    assert not begun.error
    assert not begun.pictures
    assert [out["output_type"] for out in begun.outputs] == ["display_data", "display_data"]
    assert "$0.06" in begun.text
    assert slow_cells.value("type(stork).__name__, stork.done()") == "Job False"
    waited = slow_cells.run("run = stork.wait()\nrun.seed")
    assert waited.outputs[-1]["data"]["text/plain"] == "2"
    assert len(begun.pictures) == 1
    assert not waited.pictures
    again = slow_cells.run(f"%%nanobanana {FAST} --seed 2\nA background stork")
    assert json.dumps(again.outputs) == json.dumps(begun.outputs)
    assert sent(slow_sandbox, "stork") == 1


def test_what_is_on_record_is_shown_at_once_and_still_a_job(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """Run All of a saved notebook leaves the same outputs, without a line that changes."""
    cell = f"%%nanobanana {FAST} -b -o hoopoe\nA recorded hoopoe"
    cells.run(cell)
    assert not cells.run("hoopoe.wait()").error
    cells.run("pass")
    again = cells.run(cell)
    assert kinds(again) == ["display_data", "display_data"]
    assert len(again.pictures) == 1
    assert (
        cells.value("type(hoopoe).__name__, hoopoe.done(), (await hoopoe).seed == hoopoe.run.seed") == "Job True True"
    )
    assert sent(sandbox, "recorded hoopoe") == 1


def test_a_mistake_is_an_error_of_the_cell_itself(kernel: Kernel) -> None:
    """What is refused at once stops Run All, as it does without `--background`."""
    assert "Not connected" in kernel.run(f"%nanobanana {FAST} -b A lonely stork").error
    assert "did you mean 16:9?" in kernel.run("%nanobanana -a 16x9 -b A wide stork").error


def test_a_failed_run_shows_its_error_in_its_own_cell(kernel: Kernel, slow_sandbox: EmbeddedSandbox) -> None:
    """The cells that run meanwhile show nothing of it; who waits for the job gets the error."""

    def failing(heard: Heard, answer: Any) -> Any:
        if answer.get("status_code") == "succeeded":
            answer |= {"status_code": "failed", "output": None, "cost": None, "failure_message": "too wild"}
        return answer

    with HttpServer(relay(slow_sandbox.url, failing, token="sandbox")) as server:
        kernel.run(f"%runflow connect {server.url}")
        begun = kernel.run(f"%nanobanana {FAST} -b A wild stork")
        assert not begun.error
        other = kernel.run("try:\n    _.wait()\nexcept Exception as error:\n    print(type(error).__name__)")
        assert other.text.strip() == "RunFailed"
        assert "too wild" in begun.outputs[0]["data"]["text/plain"]
        assert "does not bill failed runs" in begun.outputs[0]["data"]["text/html"]
        assert "A wild stork" in begun.outputs[1]["data"]["text/plain"]


def test_what_ended_between_two_cells_is_told_again(slow_cells: Kernel) -> None:
    """A headless runner hears only what is said while a cell runs; a page heard it and is not told twice."""
    slow_cells.run(f"%nanobanana {FAST} -b A patient stork")
    assert not slow_cells.run("_.wait()").error
    assert kinds(slow_cells.run("pass")) == ["update_display_data", "update_display_data"]
    assert kinds(slow_cells.run("pass")) == []
    slow_cells.run(f"%nanobanana {FAST} -b A looked-at stork", cell_id="a")
    assert not slow_cells.run("_.wait()", cell_id="b").error
    assert kinds(slow_cells.run("pass", cell_id="c")) == []


def test_inside_an_output_widget_the_picture_comes_at_the_end(slow_cells: Kernel) -> None:
    """There nothing can be updated: no line that would stay, and the picture is added when it is there."""
    code = f"import ipywidgets\nout = ipywidgets.Output()\nwith out:\n    %nanobanana {FAST} -b -o job A captured stork"
    assert kinds(slow_cells.run(code)) == []
    assert not slow_cells.run("job.wait()").error
    assert slow_cells.value("[sorted(each['data'])[0] for each in out.outputs]") in (
        "['application/vnd.runflow.run+json', 'text/html']"
    )


def test_a_new_take_gets_its_number_before_the_cell_ends(slow_cells: Kernel, slow_sandbox: EmbeddedSandbox) -> None:
    """Else running the cell again would buy once more."""
    begun = slow_cells.run(f"%%nanobanana {FAST} --take new -b\nA numbered stork", cell_id="a")
    assert begun.next_input is not None
    assert "--take 1" in begun.next_input["text"]
    slow_cells.run(begun.next_input["text"].replace("-b", "-q"))
    assert sent(slow_sandbox, "numbered stork") == 1


def test_originals_are_saved_when_they_are_there(slow_cells: Kernel, tmp_path: Any) -> None:
    """What is in the way of a copy is said below the picture, which stays."""
    (tmp_path / "taken.png").write_bytes(b"my own")
    begun = slow_cells.run(f"%nanobanana {FAST} --seed 5 -b --save {tmp_path}/taken.png A saved stork")
    assert not slow_cells.run("_.wait()").error
    assert len(begun.pictures) == 1
    assert "another picture, which is left alone" in begun.outputs[1]["data"]["text/plain"]
    assert (tmp_path / "taken.png").read_bytes() == b"my own"
    slow_cells.run(f"%nanobanana {FAST} --seed 5 -b --save {tmp_path}/free.png A saved stork")
    assert (tmp_path / "free.png").read_bytes() != b"my own"


def a_job() -> Job:
    return Job(build_request(None, {"prompt": "a stork"}).price, SystemClock())


def test_an_interrupt_numbers_the_take_that_is_bought_all_the_same() -> None:
    """Between the write-ahead and its cell's number: else the cell run again would buy another."""

    class Interrupted(threading.Event):
        """The person presses stop just when the engine has begun to buy."""

        def wait(self, timeout: float | None = None) -> bool:
            self.wait = super().wait  # type: ignore[method-assign]
            job.bind("RUN")
            self.set()
            raise KeyboardInterrupt

    job = a_job()
    job.decided = Interrupted()
    shell, told = SimpleNamespace(kernel=None), list[str | None]()
    with pytest.raises(WaitInterrupted, match="RUN goes on"):
        background.begin(
            shell, job, Screen(shell), settings.resolve(), lambda _: None, lambda begun: told.append(begun.id)
        )
    assert told == ["RUN"]


def test_a_limit_that_no_wait_could_be_told_is_waited_out(slow_cells: Kernel, slow_sandbox: EmbeddedSandbox) -> None:
    """Who wants no limit sets a large one; a take was bought there, and its cell not numbered."""
    slow_cells.run("%config Runflow.wait_limit = 1e12")
    begun = slow_cells.run(f"%%nanobanana {FAST} --take new -b\nA patient crane", cell_id="a")
    assert not begun.error
    assert begun.next_input is not None


def test_who_only_has_the_previews_still_runs_all_cells(cells: Kernel, tmp_path: Any) -> None:
    """A copy that cannot be made without the original is told of, as it is without `--background`."""
    cells.run(f"%nanobanana {FAST} -q A handed-on stork")
    shutil.rmtree(tmp_path / ".runflow/images")
    again = cells.run(f"%nanobanana {FAST} -b --save {tmp_path}/stork.png A handed-on stork")
    assert not again.error
    assert len(again.pictures) == 1
    assert "Not saved: " in again.text


def test_an_interrupt_while_the_line_is_shown_is_short_too() -> None:
    """And the line says that nothing moves any more."""
    left = list[str]()

    class Slow(Screen):
        def progress(self, job: Job) -> None:
            raise KeyboardInterrupt

        def leave(self, text: str, remark: str = "") -> None:
            left.append(text)

    job, shell = a_job(), SimpleNamespace(kernel=None)
    job.bind("RUN")
    job.bought = True
    job.decided.set()
    with pytest.raises(WaitInterrupted, match="RUN goes on"):
        background.begin(shell, job, Slow(shell), settings.resolve(), lambda _: None)
    assert left == ["Stopped waiting; the run goes on."]


class Dumb(Screen):
    """Can show no picture."""

    def __init__(self) -> None:
        super().__init__(SimpleNamespace(kernel=None))
        self.told = list[str]()

    def arrive(self, run: Run) -> None:
        raise ValueError("no picture here")

    def fail(self, error: Exception) -> None:
        self.told.append(str(error))


def test_a_picture_that_cannot_be_shown_is_saved(tmp_path: Path) -> None:
    job, screen, saved = a_job(), Dumb(), list[str]()
    job.finish(made(tmp_path))
    asyncio.run(background.Follower(job, screen, lambda run: saved.append(run.id)).follow())
    assert saved == [RUN]
    assert screen.told == ["no picture here"]


def test_a_job_that_ended_in_a_time_out_has_ended() -> None:
    """It would be taken for one that is not over, and asked about for ever."""
    job, screen = a_job(), Dumb()
    job.fail(TimeoutError("the disk does not answer"))
    asyncio.run(asyncio.wait_for(background.Follower(job, screen, print).follow(), 10))
    assert screen.told == ["the disk does not answer"]
