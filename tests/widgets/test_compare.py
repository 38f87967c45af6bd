"""Two runs compared: by a widget that holds no picture, and without a kernel by a table that does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.record.run import Preview
from runflow_nb.record.store import Store
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.widgets.compare import Compare
from tests.notebook.kernel import Kernel
from tests.record.made import buy
from tests.widgets.comms import send

WIDGET = "application/vnd.jupyter.widget-view+json"
RECORD = "application/vnd.runflow.run+json"
HOSTILE = 'A fox <img src=x onerror="alert(1)">'


@pytest.fixture
def pair(cells: Kernel) -> Kernel:
    """A kernel with two runs, `a` and `b`."""
    for name, seed, prompt in (("a", 1, "A fox"), ("b", 2, HOSTILE)):
        assert not cells.run(f"%nanobanana -q -r 0.5K --seed {seed} -o {name} {prompt}").error
    return cells


def test_without_a_kernel_both_stand_side_by_side(pair: Kernel) -> None:
    """The table is an output of its own: where a widget's model is not found, nothing else of its output is shown."""
    ran = pair.run("from runflow_nb import Compare\nCompare(a, b)")
    static, widget = (out["data"] for out in ran.outputs)
    assert static["text/html"].count('<img src="data:image/jpeg;base64,') == 2
    assert "<img src=x" not in static["text/html"]
    assert "seed" in static["text/plain"]
    assert len(static[RECORD]["runs"]) == 2
    assert WIDGET not in static
    assert "img" not in widget["text/html"]
    again = pair.run("%runflow compare a b")
    assert [sorted(out["data"]) for out in again.outputs] == [sorted(static), sorted(widget)]


def test_pictures_come_when_they_are_asked_for_and_are_in_no_trait(pair: Kernel) -> None:
    pair.run("from runflow_nb import Compare\nlook = Compare(a, b)")
    state = json.loads(pair.value("__import__('json').dumps(look.get_state(['runs', 'ratio', 'differences']))"))
    assert len(json.dumps(state)) < 5_000
    assert "<img" not in state["differences"]
    assert "base64" not in json.dumps(state)
    answered = told(pair, [[run["hash"], 512] for run in state["runs"]])
    assert [picture["state"] for picture in answered["pictures"]] == ["here", "here"]


def told(kernel: Kernel, wanted: list[list[Any]]) -> dict[str, Any]:
    """What the widget `look` answers to this question."""
    model = kernel.value("look.model_id")
    message = send(kernel, model, {"method": "custom", "content": {"ask": "pictures", "wanted": wanted}})
    found = [content["data"] for kind, content in message.messages if kind == "comm_msg"]
    while not found:
        late = kernel.client.get_iopub_msg(timeout=60)
        if late["msg_type"] == "comm_msg":
            found = [late["content"]["data"]]
    content: dict[str, Any] = found[0]["content"]
    return content


def test_a_run_without_a_picture_and_a_run_with_itself(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """What was forgotten has no picture; equal runs are said to be equal."""
    cells.run("%nanobanana -q -r 0.5K --seed 3 -o a A fox\nfrom runflow_nb import Compare")
    same = cells.run("Compare(a, a)")
    assert not same.error
    assert len(same.outputs[0]["data"][RECORD]["runs"]) == 1
    cells.run("%runflow forget a")
    cells.run("import runflow_nb\ngone = runflow_nb.history()[0]")
    ran = cells.run("look = Compare(gone, gone)\nlook")
    assert not ran.error
    assert cells.value("[run['hash'] for run in look.runs]") == "[None, None]"


@pytest.mark.parametrize("size", [(64, 0), (0, 64), (-1, 1), (10**400, 1), (1, 10**400)])
def test_a_size_that_no_preview_has_gives_no_frame(tmp_path: Path, size: tuple[int, int]) -> None:
    store = Store(tmp_path / ".runflow")
    run = store.index.run(buy(store))
    assert run is not None
    assert run.preview is not None
    odd = replace(run, preview=Preview(run.preview.path, "image/png", *size))
    assert Compare(odd, odd).ratio == 1.0
    tall = replace(run, preview=Preview(run.preview.path, "image/png", 30, 40))
    assert Compare(odd, tall).ratio == 0.75
