"""The studio as people use it: from the form to the picture, double clicks, variations, to a cell and back, saved."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.browser.app import App

pytestmark = pytest.mark.browser

PRICE = "about $0.06"
SHEET = ".jp-OutputArea-child img[src^='data:image/jpeg']"


def setup(sandbox: EmbeddedSandbox) -> str:
    return f"%load_ext runflow_nb\n%runflow connect {sandbox.url}\nfrom runflow_nb import Studio"


def button(app: App, text: str) -> Locator:
    return app.page.get_by_role("button", name=text, exact=True)


def cards(app: App, state: str) -> Locator:
    return app.page.locator(f".rf-card[data-state={state}]")


def test_from_the_form_to_a_picture_that_stays(app: App, slow_sandbox: EmbeddedSandbox) -> None:
    """A double click buys one; the card follows it; sheet and thumbnail are drawn. Saved with the form still open, the
    picture is there without a kernel."""
    app.open(setup(slow_sandbox), "Studio('foxes', resolution='0.5K')")
    app.run_all()
    expect(app.page.locator(".rf-problem", has_text="Prompt is missing")).to_be_visible()
    app.page.get_by_label("Prompt").fill("A fox <b>in</b> the snow")
    button(app, f"Make it · {PRICE}").dblclick()
    expect(cards(app, "open")).to_contain_text("A fox <b>in</b> the snow")
    expect(cards(app, "open").locator(".rf-status")).to_contain_text("s · ")
    cards(app, "done").scroll_into_view_if_needed()  # a picture that nobody would see is not asked for
    expect(cards(app, "done").locator("img")).to_be_visible()
    expect(app.page.locator(SHEET)).to_have_count(1)
    expect(button(app, "Show · $0.00")).to_be_visible()
    assert len(slow_sandbox.book.received) == 1
    outputs = app.save()[1]["outputs"]
    assert "image/jpeg" in outputs[0]["data"]
    app.read()
    expect(app.page.locator(SHEET)).to_have_count(1)
    expect(app.output(1)).to_contain_text("A fox <b>in</b> the snow")


def test_variations_to_a_cell_and_back(lab: App, slow_sandbox: EmbeddedSandbox) -> None:
    """Four new seeds for two clicks, their price on the button first; the copied cell shows the picture for nothing."""
    lab.open(setup(slow_sandbox), "studio = Studio('owls', prompt='An owl', resolution='0.5K')\nstudio", "0", "0")
    lab.run_all()
    button(lab, f"Make it · {PRICE}").click()
    cards(lab, "done").get_by_role("button").click()
    expect(lab.page.locator(".rf-title", has_text="From: An owl")).to_be_focused()
    button(lab, "4 new seeds · about $0.24").dblclick()
    expect(cards(lab, "open")).to_have_count(4)
    expect(cards(lab, "done")).to_have_count(5)
    button(lab, "To cell").click()
    field = lab.page.get_by_label("The cell that shows it for nothing")
    expect(field).to_have_value(re.compile(" -s "))
    lab.type(2, field.input_value())
    lab.run(2)
    lab.ended(2)
    lab.type(3, "%runflow studio @last")
    lab.run(3)
    lab.ended(3)
    expect(lab.output(3).get_by_role("button", name="Show · $0.00", exact=True)).to_be_visible()
    assert len(slow_sandbox.book.received) == 5


def test_the_form_stays_usable_while_a_cell_runs_and_says_when_its_kernel_is_gone(
    lab: App, slow_sandbox: EmbeddedSandbox
) -> None:
    """Another cell keeps the kernel busy: sooner or later the press is heard, once. Restarted: the press is answered by
    nobody, and the page says what to do; the picture stays."""
    lab.open(setup(slow_sandbox), "Studio('jays', prompt='A jay', resolution='0.5K')", "import time; time.sleep(6)")
    lab.run(0)
    lab.run(1)
    expect(button(lab, f"Make it · {PRICE}")).to_be_visible()
    lab.run(2)
    button(lab, f"Make it · {PRICE}").dblclick()
    expect(cards(lab, "done")).to_have_count(1)
    expect(button(lab, "Show · $0.00")).to_be_visible()
    assert len(slow_sandbox.book.received) == 1
    (kernel,) = lab.server.ask("GET", "/api/kernels")
    lab.server.ask("POST", f"/api/kernels/{kernel['id']}/restart")
    button(lab, "Show · $0.00").click()
    expect(lab.page.get_by_role("alert")).to_contain_text("The kernel does not answer")
    expect(lab.page.locator(SHEET)).to_have_count(1)


def test_done_gives_way_to_words(lab: App, slow_sandbox: EmbeddedSandbox) -> None:
    """In the page and in the file, where no widget is left."""
    lab.open(setup(slow_sandbox), "Studio('tits', prompt='A tit', resolution='0.5K')")
    lab.run_all()
    button(lab, "Done").click()
    expect(lab.output(1)).to_contain_text("Studio tits is done")
    kinds = [set(output["data"]) for output in lab.save()[1]["outputs"]]
    assert kinds[2] == {"text/plain", "text/html"}
