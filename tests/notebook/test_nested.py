"""In a notebook that called `nest_asyncio.apply()` itself, before anything of ours."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import Kernel, Ran

FAST = "-r 0.5K"


@pytest.fixture(scope="module", params=["nest_asyncio", pytest.param("nest_asyncio2", marks=pytest.mark.thorough)])
def nested(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel whose asyncio was patched by the original, or by the one that is maintained."""
    folder = tmp_path_factory.mktemp("nested")
    kernel = Kernel(folder, {**os.environ, "IPYTHONDIR": str(folder / "ipython"), "RUNFLOW_NB_BUDGET": "100"})
    for cell in (f"import {request.param}\n{request.param}.apply()", "%load_ext runflow_nb"):
        assert not kernel.run(cell).error
    yield kernel
    kernel.close()


def run_all(kernel: Kernel, *cells: str) -> list[Ran]:
    """The cells as Run All sends them: all at once."""
    return [kernel.finish(request) for request in [kernel.start(cell) for cell in cells]]


def created(sandbox: EmbeddedSandbox, word: str) -> int:
    return sum(word in received.body["input"].get("prompt", "") for received in sandbox.book.received)


def test_run_all_buys_once_and_every_cell_ends(nested: Kernel, sandbox: EmbeddedSandbox) -> None:
    """A cell, a loop of line magics, a job that is awaited, plain asyncio: twice, and bought once."""
    before = created(sandbox, "nested dove")
    cells = (
        f"%runflow connect {sandbox.url}",
        f"%%nanobanana {FAST}\nA nested dove",
        f"for n in range(2):\n    %nanobanana {FAST} --seed {{{{ n }}}} A nested dove, number {{{{ n }}}}",
        f"%nanobanana {FAST} --background -o job A nested dove behind the others",
        "run = await job\nrun.prompt",
        "import asyncio\nawait asyncio.sleep(0)\nasyncio.run(asyncio.sleep(0, 'slept'))",
    )
    first, again = run_all(nested, *cells), run_all(nested, *cells)
    for shown in (first, again):
        assert [ran.error for ran in shown] == [""] * len(cells)
        assert [len(ran.pictures) for ran in shown[1:4]] == [1, 2, 1]
        assert [ran.text for ran in shown[4:]] == ["'A nested dove behind the others'", "'slept'"]
    assert json.dumps([ran.outputs for ran in again[1:4]]) == json.dumps([ran.outputs for ran in first[1:4]])
    assert created(sandbox, "nested dove") - before == 4


def test_an_interrupt_leaves_the_run(nested: Kernel, slow_sandbox: EmbeddedSandbox) -> None:
    """The cell ends in an error, and running it again collects what was bought."""
    before = created(slow_sandbox, "nested plover")
    nested.run(f"%runflow connect {slow_sandbox.url}")
    code = f"%nanobanana {FAST} A nested plover"
    assert nested.run_interrupted(code).reply["ename"] == "WaitInterrupted"
    assert len(nested.run(code).pictures) == 1
    assert created(slow_sandbox, "nested plover") == before + 1


def test_a_wait_with_the_loop_turning(nested: Kernel, slow_sandbox: EmbeddedSandbox) -> None:
    """With `wait = "loop"` too every cell ends: under the original the notebook's own tasks stand still."""
    shown = run_all(
        nested,
        f"%runflow connect {slow_sandbox.url}",
        "%runflow config wait=loop",
        f"%nanobanana {FAST} A nested lark",
        "%runflow config wait=block",
        "1 + 1",
    )
    assert [ran.error for ran in shown] == [""] * 5
    assert len(shown[2].pictures) == 1
    assert shown[4].text == "2"
