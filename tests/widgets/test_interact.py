"""A slider never buys at each stop: what a widget's callback asks for is shown from the record, unless it says yes."""

from __future__ import annotations

import pytest

from runflow_nb.callback import is_callback
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import Kernel
from tests.widgets.comms import change

MODULE = "ipywidgets.widgets.interaction"
REFUSED = "Not on record: about $0.06."


@pytest.mark.parametrize(
    ("message", "callers", "expected"),
    [
        ("execute_request", ["runflow_nb.calls", "__main__"], False),
        ("execute_request", ["runflow_nb.calls", "__main__", MODULE, "__main__"], True),
        ("comm_msg", ["runflow_nb.calls"], True),
        ("", [], False),
    ],
)
def test_who_is_a_callback(message: str, callers: list[str], expected: bool) -> None:
    """A message of the page, or `@interact` on the stack in the cell that makes the slider."""
    assert is_callback(message, callers) is expected


def created(sandbox: EmbeddedSandbox, word: str) -> int:
    return sum(word in received.body["input"].get("prompt", "") for received in sandbox.book.received)


def test_interact_shows_what_is_on_record_and_names_the_price_of_what_is_not(
    cells: Kernel, sandbox: EmbeddedSandbox
) -> None:
    """Also at its first call, which happens in the cell itself."""
    assert not cells.run("%nanobanana -r 0.5K --seed 2 A guarded heron").error
    code = (
        "import ipywidgets\nfrom runflow_nb import generate\n"
        "@ipywidgets.interact(n=ipywidgets.IntSlider(1, 0, 9))\n"
        "def draw(n):\n    display(generate('A guarded heron', resolution='0.5K', seed=n))\n"
    )
    assert REFUSED in cells.run(code).error
    model = cells.value("draw.widget.children[0].model_id")
    found = change(cells, model, value=2)
    assert (found.error, len(found.pictures)) == ("", 1)
    refused = change(cells, model, value=3)
    assert "To buy at each change, write yes=True (in a cell --yes)" in refused.error
    assert not refused.pictures
    assert created(sandbox, "guarded heron") == 1


SAME = "resolution='0.5K', seed=n, yes=yes"
MAGIC = "get_ipython().run_line_magic('nanobanana', f'{}-r 0.5K --seed {{n}} ' + '--yes ' * yes + prompt)"
CALLS = {
    "call": f"generate(prompt, {SAME})",
    "background": f"generate(prompt, {SAME}, background=True).wait()",
    "magic": MAGIC.format(""),
    "magic in the background": f"{MAGIC.format('--background ')}.wait()",
    "timer": f"later_by_a_timer(lambda: generate(prompt, {SAME}))",
    "task": f"asyncio.ensure_future(later(lambda: aio.generate(prompt, {SAME})))",
}
CELL = """
import asyncio, ipywidgets, threading
from runflow_nb import aio, errors, generate

slider, agreed, met = ipywidgets.IntSlider(1, 0, 9), ipywidgets.IntSlider(1, 0, 9), []

async def later(ask):
    await asyncio.sleep(0)
    return await ask()

running = threading.Event()

def later_by_a_timer(ask):
    found = asyncio.get_event_loop().create_future()

    def asked():
        running.wait()  # until a cell runs
        try:
            end = (found.set_result, ask())
        except errors.NotOnRecord as refused:
            end = (found.set_exception, refused)
        found.get_loop().call_soon_threadsafe(*end)

    threading.Timer(0, asked).start()
    return found

def moved(change):
    n, yes, prompt = change["new"], change["owner"] is agreed, {prompt!r}
    try:
        met.append({call})
    except errors.NotOnRecord as refused:
        met.append(refused)

for one in (slider, agreed):
    one.observe(moved, "value")

async def last():
    running.set()
    try:
        return await met[-1] if asyncio.isfuture(met[-1]) else met[-1]
    except errors.NotOnRecord as refused:
        return refused
"""


@pytest.mark.parametrize("way", CALLS)
def test_a_callback_buys_only_with_yes(cells: Kernel, sandbox: EmbeddedSandbox, way: str) -> None:
    """However it asks: blocking, in the background, by the magic, in a task that goes on after it."""
    prompt = f"A bittern by {way}"
    assert not cells.run(CELL.format(prompt=prompt, call=CALLS[way])).error
    slider, agreed = cells.value("slider.model_id, agreed.model_id").split()
    change(cells, slider, value=4)
    assert REFUSED in cells.run("print(await last())").text
    assert created(sandbox, prompt) == 0
    change(cells, agreed, value=4)
    assert cells.value("(await last()).seed") == "4"
    change(cells, slider, value=5)
    change(cells, slider, value=4)
    assert cells.value("(await last()).seed") == "4"
    assert created(sandbox, prompt) == 1
