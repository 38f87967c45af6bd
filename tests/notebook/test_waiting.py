"""While a run is being bought: a live line, an interrupt, a limit, and never a second purchase."""

from __future__ import annotations

import json
import threading
from typing import Any

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.http_server import Answer, Heard, HttpServer, relay
from tests.notebook.kernel import Kernel, Ran

FAST = "-r 0.5K"


def created(sandbox: EmbeddedSandbox, word: str) -> int:
    return sum(word in received.body["input"].get("prompt", "") for received in sandbox.book.received)


def shown(ran: Ran) -> list[dict[str, Any]]:
    return [content for kind, content in ran.messages if kind == "display_data"]


def test_a_live_line_becomes_the_picture(slow_cells: Kernel) -> None:
    """Two outputs are opened at once and then only updated; what is saved is what a later showing saves."""
    bought = slow_cells.run(f"%nanobanana {FAST} A live heron")
    line, caption = shown(bought)
    assert "$0.06" in line["data"]["text/plain"]
    assert "run the cell again" in line["data"]["text/plain"]
    assert caption["data"]["text/plain"].startswith("A live heron\ngoogle/nano-banana-2 · seed ")
    kinds = [kind for kind, _ in bought.messages if kind.endswith("display_data")]
    assert kinds[:2] == ["display_data", "display_data"]
    assert set(kinds[2:]) == {"update_display_data"}
    assert len(kinds) <= 2 + 2 + 6 * 2
    again = slow_cells.run(f"%nanobanana {FAST} A live heron")
    assert [kind for kind, _ in again.messages if kind.endswith("display_data")] == ["display_data"] * 2
    assert json.dumps(again.outputs) == json.dumps(bought.outputs)


def test_an_interrupt_leaves_the_run(slow_cells: Kernel, slow_sandbox: EmbeddedSandbox) -> None:
    """The cell ends in an error, the line says that the run goes on, and running it again collects what was bought."""
    code = f"%nanobanana {FAST} An interrupted egret"
    ran = slow_cells.run_interrupted(code)
    assert ran.reply["status"] == "error"
    assert ran.reply["ename"] == "WaitInterrupted"
    assert "goes on: it is paid for once and not lost" in ran.error
    assert "Stopped waiting; the run goes on." in ran.text
    assert "Traceback" not in ran.error
    again = slow_cells.run(code)
    assert len(again.pictures) == 1
    assert created(slow_sandbox, "egret") == 1


def test_a_cell_waits_no_longer_than_the_limit(slow_cells: Kernel, slow_sandbox: EmbeddedSandbox) -> None:
    """Then it ends in an error that names the run; `%runflow resume` collects it, and nothing is bought again."""
    slow_cells.run("%config Runflow.wait_limit = 0.3")
    ran = slow_cells.run(f"%nanobanana {FAST} A limited ibis")
    assert "is still going on" in ran.error
    slow_cells.run("%config Runflow.wait_limit = 60")
    assert len(slow_cells.run("%runflow resume").pictures) == 1
    assert len(slow_cells.run(f"%nanobanana {FAST} A limited ibis").pictures) == 1
    assert created(slow_sandbox, "ibis") == 1
    assert "nothing to collect" in slow_cells.run("%runflow resume").text


def test_inside_an_output_widget_nothing_is_updated(slow_cells: Kernel) -> None:
    """There updates are lost: picture and caption are shown once, at the end."""
    code = f"import ipywidgets\nout = ipywidgets.Output()\nwith out:\n    %nanobanana {FAST} A captured tern"
    ran = slow_cells.run(code)
    assert not ran.error
    kinds = [kind for kind, _ in ran.messages if kind.endswith("display_data")]
    assert kinds == ["display_data", "display_data"]


def test_a_new_take_rewrites_its_cell(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """The cell's text gets the number, so that running it again shows and does not buy."""
    code = f"%%nanobanana {FAST} --take new -q\nA numbered stilt"
    first = cells.run(code, cell_id="a")
    assert not first.error
    rewritten = f"%%nanobanana {FAST} --take 1 -q\nA numbered stilt"
    assert first.next_input == {"source": "set_next_input", "text": rewritten, "replace": True}
    second = cells.run(code, cell_id="a")
    assert second.next_input is not None
    assert "--take 2" in second.next_input["text"]
    assert created(sandbox, "stilt") == 2
    cells.run(second.next_input["text"], cell_id="a")
    assert created(sandbox, "stilt") == 2


def test_a_new_take_that_cannot_be_numbered_is_refused(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """In a loop, beside other code, or without a front end that rewrites: an error that names the number to write."""
    cells.run(f"%nanobanana {FAST} -q A plain avocet")
    magic = f"%nanobanana {FAST} --take new -q A plain avocet"
    for code, cell_id in ((magic, None), (f"x = {magic}", "a"), (f"for n in (1, 2):\n    {magic}", "a")):
        error = cells.run(code, cell_id=cell_id).error
        assert "--take new" in error
        assert "did you mean 2?" in error
    assert created(sandbox, "avocet") == 1


def test_the_notebooks_own_tasks_go_on_when_asked_to(slow_cells: Kernel, slow_sandbox: EmbeddedSandbox) -> None:
    """With `wait = "loop"` a task of the notebook ticks while a cell waits, and later cells run as ever."""
    ticking = (
        "import asyncio\nticks = 0\nasync def tick():\n    global ticks\n    while True:\n"
        "        ticks += 1\n        await asyncio.sleep(0.01)\ntask = asyncio.ensure_future(tick())"
    )
    slow_cells.run(ticking)
    during = "before = ticks\n%nanobanana {} {}\nduring = ticks - before"
    slow_cells.run(during.format(FAST, "A blocked bittern"))
    assert int(slow_cells.value("during")) == 0
    slow_cells.run("%config Runflow.wait = 'loop'")
    assert len(slow_cells.run(during.format(FAST, "A turning bittern")).pictures) == 1
    assert int(slow_cells.value("during")) > 20
    slow_cells.run(
        "from runflow_nb import generate\nbefore = ticks\ngenerate('A second turning bittern')\nduring = ticks - before"
    )
    assert int(slow_cells.value("during")) > 20
    assert slow_cells.run("task.cancel()\nawait asyncio.sleep(0)\n1 + 1").text.endswith("2")
    assert created(slow_sandbox, "bittern") == 3


def test_a_refusal_stands_below_what_was_doubtful(kernel: Kernel, sandbox: EmbeddedSandbox) -> None:
    """Who was told that the API will judge sees what about, where the line stood."""
    line_is_shown = threading.Event()
    forward = relay(sandbox.url, token="sandbox")

    def late(heard: Heard) -> Answer:
        if heard.method == "POST":
            line_is_shown.wait(30)
        return forward(heard)

    with HttpServer(late) as server:
        kernel.run(f"%runflow connect {server.url}")
        request = kernel.start("%nanobanana -m pro -a 4:1 A wide bunting")
        ran = kernel.finish(request, lambda ran: line_is_shown.set() if ran.outputs else None)
    assert "Refused by the API (422" in ran.error
    assert "probably takes only" in ran.text
