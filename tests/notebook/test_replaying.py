"""Replay only: each cell shows its recorded take, from the store or from the notebook's own file, and no socket is
opened. In a real kernel that tells of every one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.notebook.kernel import Kernel, Ran

CELLS = (
    "%%nanobanana -o fox\nA red fox in the snow",
    "%%nanobanana --take 2\nA red fox in the snow",
    "%%nanobanana -n 2 --seed 5\nAn owl",
    "%nanobanana -i photo.png Make it night",
    "%%nanobanana -i fox\nThe same at night",
    "%%runflow sandbox/sketch --yes --seed 3\nA hare",
)
WATCH = """
import sys, socket
sockets = []
def hook(event, arguments, sockets=sockets, local=socket.AF_UNIX):
    if event.startswith("socket.") and not (event == "socket.__new__" and arguments[1] == local):
        sockets.append((event, repr(arguments)))
sys.addaudithook(hook)
"""


def told(ran: Ran) -> list[dict[str, Any]]:
    """What a front end saves of a cell."""
    return [{"output_type": "display_data", **out} for out in ran.outputs]


def saved(path: Path, *outputs: list[dict[str, Any]]) -> None:
    cells = [
        {"cell_type": "code", "metadata": {}, "source": text.splitlines(keepends=True), "outputs": shown}
        for text, shown in zip(CELLS, outputs, strict=True)
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1))


@pytest.fixture
def played(cells: Kernel, tmp_path: Path) -> list[list[dict[str, Any]]]:
    """All cells run once; the notebook is saved as fox.ipynb. What each has shown."""
    photo = tmp_path / "photo.png"
    cells.run(
        f"import os; os.chdir({str(tmp_path)!r}); settings.configured['notebook'] = {str(tmp_path / 'fox.ipynb')!r}\n"
        f"from PIL import Image; Image.new('RGB', (32, 32), 'red').save({str(photo)!r})"
    )
    outputs = []
    for text in CELLS:
        ran = cells.run(text)
        assert not ran.error, ran.error
        outputs.append(told(ran))
    saved(tmp_path / "fox.ipynb", *outputs)
    photo.unlink()
    return outputs


def alone(kernel: Kernel, tmp_path: Path) -> None:
    """As on another machine: no connection, no model known, and nothing may leave."""
    cleared = "calls.session().close(); calls.use(None); settings.configured.pop('base_url', None)"
    models = "import runflow_nb.models.catalog as catalog; catalog._declared.clear()"
    for code in (cleared, models, '%config Runflow.reuse = "only"', WATCH):
        ran = kernel.run(code)
        assert not ran.error, ran.error


def test_a_notebook_replays_from_its_own_records_alone(
    cells: Kernel, played: list[list[dict[str, Any]]], tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / ".runflow")
    alone(cells, tmp_path)
    for text, before in zip(CELLS, played, strict=True):
        ran = cells.run(text)
        assert not ran.error, ran.error
        assert told(ran) == before, f"not one byte of the outputs differs: {text}"
    missing = cells.run("%%nanobanana --take 3\nA red fox in the snow").error
    assert "take 3 of this request (“A red fox in the snow”, google/nano-banana-2)" in missing
    assert "Making it would cost $0.08" in missing
    # Once read, its records are the store's: nothing depends on the outputs any more.
    saved(tmp_path / "fox.ipynb", *([] for _ in CELLS))
    assert [told(cells.run(text)) for text in CELLS] == played
    assert cells.value("len(__import__('runflow_nb').history())") == str(len(CELLS))
    assert cells.value("sockets") == "[]"
    cells.run("socket.socket().close()")
    assert "socket.__new__" in cells.value("sockets"), "a socket would have been seen"


def test_a_notebook_without_outputs_replays_from_its_store_alone(
    cells: Kernel, played: list[list[dict[str, Any]]], tmp_path: Path
) -> None:
    """As nbstripout leaves it, and git a store: without originals."""
    saved(tmp_path / "fox.ipynb", *([] for _ in CELLS))
    shutil.rmtree(tmp_path / ".runflow" / "images")
    alone(cells, tmp_path)
    for text, before in zip(CELLS, played, strict=True):
        ran = cells.run(text)
        assert not ran.error, ran.error
        assert told(ran) == before
    assert cells.value("sockets") == "[]"
