"""What shows where, in JupyterLab and Notebook 7: live, and as a file from elsewhere without a kernel.

`READERS_WRITE=1` puts what is seen into docs/readers.md; else the page is held against it.
"""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Locator

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.browser.app import PICTURE, App
from tests.http_server import HttpServer, relay
from tests.readers import document
from tests.readers.register import CELLS, ROWS, Seen, finding, flagging

pytestmark = pytest.mark.browser

NAMES = {"lab": "JupyterLab", "notebook": "Notebook 7"}
DRAWN = "e => [...e.querySelectorAll('img')].filter(i => i.complete && i.naturalWidth > 30).length"


def seen(output: Locator) -> Seen:
    def count(selector: str) -> int:
        return output.locator(selector).count()

    text, whole = (" ".join(words.split()) for words in (output.inner_text(), output.text_content() or ""))
    pictures = int(output.evaluate(DRAWN))
    return Seen(text, whole, pictures, count("a[href]"), count("table"), count("button, input, select, textarea"))


def findings(app: App, column: str) -> dict[tuple[str, str], str]:
    """(row, column) -> what shows."""
    app.page.wait_for_function(f"() => [...document.querySelectorAll('{PICTURE}')].every(i => i.complete)")
    outputs = {row.name: app.output(row.cell).locator(".jp-OutputArea-output").nth(row.output) for row in ROWS}
    return {(row.name, column): finding(row, seen(outputs[row.name])) for row in ROWS}


def test_every_row_of_the_page(app: App) -> None:
    with EmbeddedSandbox(latency=0) as sandbox, HttpServer(relay(sandbox.url, flagging, token="sandbox")) as server:
        app.open(*(text.format(url=server.url) for text in CELLS))
        app.run_all()
        app.output(7).locator("button").first.wait_for()
        found = findings(app, f"{NAMES[app.name]}, live")
        app.save()
    app.read()
    found |= findings(app, f"{NAMES[app.name]}, not trusted")
    if os.environ.get("READERS_WRITE"):
        document.write(found)
    known = document.read()
    assert {where: known.get(where) for where in found} == found
