"""The readers that need no browser, and what each makes of one output."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bleach
import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter, MarkdownExporter

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.http_server import HttpServer, relay
from tests.notebook.html_text import lines
from tests.notebook.test_readers import GITHUB_ATTRIBUTES, GITHUB_TAGS, VSCODE_ORDER
from tests.readers.register import CELLS, PLAIN_COLUMNS, ROWS, Seen, finding, flagging

Output = Any


def run_notebook(folder: Path) -> nbformat.NotebookNode:
    """The notebook of all rows as it is saved after Run All."""
    with EmbeddedSandbox(latency=0) as sandbox, HttpServer(relay(sandbox.url, flagging, token="sandbox")) as server:
        cells = [nbformat.v4.new_code_cell(text.format(url=server.url)) for text in CELLS]
        notebook = nbformat.v4.new_notebook(cells=cells)
        resources = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, timeout=120, allow_errors=True, resources=resources).execute()
    return notebook


def _page(html: str) -> Seen:
    """HTML as a browser lays it out."""
    body = re.sub(r"(?s)<head>.*?</head>", "", html)
    return Seen(
        " ".join(lines(body)),
        " ".join(lines(body, unfolded=True)),
        len(re.findall(r'<img\b[^>]*\bsrc="(data:image|[\w.-]+\.(jpe?g|png))', body)),
        len(re.findall(r'<a\b[^>]*\bhref="(?!#)', body)),
        len(re.findall(r"<table\b", body)),
    )


def _alone(output: Output) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[output])])


def _html(output: Output) -> Seen:
    return _page(HTMLExporter(exclude_input=True).from_notebook_node(_alone(output))[0])


def _sanitized(output: Output) -> Seen:
    return _page(HTMLExporter(exclude_input=True, sanitize_html=True).from_notebook_node(_alone(output))[0])


def _markdown(output: Output) -> Seen:
    page, resources = MarkdownExporter(exclude_input=True).from_notebook_node(_alone(output))
    seen = _page(page)
    return Seen(seen.text, seen.unfolded, seen.pictures + len(resources["outputs"]), seen.links, seen.tables)


def _github(output: Output) -> Seen:
    data = output.get("data", {})
    if {"image/png", "image/jpeg"} & set(data):
        return Seen("", "", pictures=1)
    if "text/html" not in data:
        return _terminal(output)
    protocols = ["http", "https"]
    return _page(
        bleach.clean(data["text/html"], tags=GITHUB_TAGS, attributes=GITHUB_ATTRIBUTES, protocols=protocols, strip=True)
    )


def _vs_code(output: Output) -> Seen:
    data = output.get("data", {})
    chosen = next((mime for mime in VSCODE_ORDER if mime in data), None)
    if chosen is not None and chosen.startswith("image/"):
        return Seen("", "", pictures=1)
    return _page(data["text/html"]) if chosen == "text/html" else _terminal(output)


def _terminal(output: Output) -> Seen:
    told = output.get("data", {}).get("text/plain") or "\n".join(output.get("traceback", []))
    text = " ".join(str(told).split())
    return Seen(text, text)


READERS: dict[str, Callable[[Output], Seen]] = dict(
    zip(PLAIN_COLUMNS, (_html, _sanitized, _markdown, _github, _vs_code, _terminal), strict=True)
)


def findings(notebook: nbformat.NotebookNode) -> dict[tuple[str, str], str]:
    """(row, column) -> what shows."""
    return {
        (row.name, column): finding(row, read(notebook.cells[row.cell].outputs[row.output]))
        for row in ROWS
        for column, read in READERS.items()
    }
