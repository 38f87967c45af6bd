"""What a person sees in JupyterLab 4 and in Notebook 7."""

from __future__ import annotations

import io
from typing import Any

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect
from pypdf import PdfReader

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.browser.app import PICTURE, App
from tests.browser.contrast import contrasts, too_faint
from tests.http_server import Heard, HttpServer, relay

pytestmark = pytest.mark.browser

LOAD = "%load_ext runflow_nb"
CONNECT = f"{LOAD}\n%runflow connect sandbox"
FOX = "%%nanobanana -r 0.5K --seed 4\na red fox in the snow"
FACTS = "google/nano-banana-2 · 512 × 512 PNG · seed 4 · take 1"


def test_a_typed_cell_shows_its_picture_and_what_it_is(app: App) -> None:
    """Shift+Enter: the picture first, below it what it shows and its facts; the fold opens by click and by keyboard."""
    app.open(CONNECT, "# typed over")
    app.run(0)
    app.type(1, "%%nanobanana -r 0.5K --seed 4\na red fox in the snow")
    app.run(1)
    shown = app.output(1)
    expect(shown.locator("img")).to_be_visible()
    expect(shown.get_by_text(FACTS)).to_be_visible()
    assert app.decoded() == 1
    assert shown.locator("img").bounding_box()["y"] < shown.get_by_text(FACTS).bounding_box()["y"]  # type: ignore[index]

    summary, inside = shown.locator("summary"), shown.get_by_text("asked 4, sent 4, returned")
    expect(inside).not_to_be_visible()
    summary.click()
    expect(inside).to_be_visible()
    summary.focus()
    app.page.keyboard.press("Enter")
    expect(inside).not_to_be_visible()
    app.page.keyboard.press("Space")
    expect(inside).to_be_visible()


def test_stopped_in_mid_wait_the_run_goes_on_and_is_collected(app: App, slow_sandbox: EmbeddedSandbox) -> None:
    """By the square of the toolbar: the line says how to go on, the cell ends in an error; nothing is bought again."""
    app.open(f"{LOAD}\n%runflow connect {slow_sandbox.url}", FOX)
    app.run(0)
    app.run(1)
    expect(app.output(1).get_by_text("run the cell again")).to_be_visible()
    expect(app.output(1).get_by_text("s · about $0.06")).to_be_visible()
    app.interrupt()
    expect(app.output(1).get_by_text("Stopped waiting; the run goes on.")).to_be_visible()
    expect(app.output(1).get_by_text("Run the cell again to collect it").first).to_be_visible()
    expect(app.output(1).locator("[data-mime-type='application/vnd.jupyter.stderr']")).to_be_visible()
    app.ended(1)
    app.run(1)
    expect(app.output(1).locator("img")).to_be_visible()
    assert len(slow_sandbox.book.runs) == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_is_legible(app: App, theme: str) -> None:
    """Caption, open fold, tables, a price and an error, on the ground that the theme puts behind them."""
    app.open(CONNECT, FOX, "%runflow history", "%nanobanana --estimate -n 2 a fox", "%runflow cost", "%runflow config")
    app.run_all()
    app.output(1).locator("summary").click()
    expect(app.output(1).get_by_text("asked 4, sent 4, returned")).to_be_visible()
    assert app.page.locator("body").get_attribute("data-jp-theme-light") == str(theme == "light").lower()
    seen = [contrasts(app.output(number)) for number in range(1, 6)]
    assert [len(texts) > 4 for texts in seen] == [True] * 5
    assert [too_faint(app.output(number)) for number in range(1, 6)] == [{}] * 5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_wait_and_what_became_of_it_is_legible(app: App, slow_sandbox: EmbeddedSandbox, theme: str) -> None:
    """The live line, and the line that is left when the wait is over."""
    app.open(f"{LOAD}\n%runflow connect {slow_sandbox.url}", FOX)
    app.run(0)
    app.run(1)
    expect(app.output(1).get_by_text("run the cell again")).to_be_visible()
    assert too_faint(app.output(1)) == {}
    app.interrupt()
    line = app.output(1).locator(".jp-OutputArea-output").first
    expect(line).to_contain_text("Stopped waiting")
    assert too_faint(line) == {}


def test_a_reader_without_a_kernel_sees_it_all(app: App) -> None:
    """Picture, caption and fold are there also in a file that came from somewhere else and is not trusted."""
    app.open(CONNECT, FOX)
    app.run_all()
    app.save()
    app.read()
    expect(app.page.locator(PICTURE)).to_be_visible()
    app.page.wait_for_function(f"() => document.querySelector('{PICTURE}').naturalWidth > 100")
    expect(app.output(1).get_by_text(FACTS)).to_be_visible()
    expect(app.output(1).get_by_text("asked 4, sent 4")).not_to_be_visible()
    app.output(1).locator("summary").click()
    expect(app.output(1).get_by_text("asked 4, sent 4")).to_be_visible()


def test_the_history_is_a_table(app: App) -> None:
    app.open(CONNECT, FOX, "%runflow history")
    app.run_all()
    table = app.output(2).locator("table")
    expect(table).to_be_visible()
    for word in ("a red fox in the snow", "google/nano-banana-2", "$0.06"):
        expect(table.get_by_text(word).first).to_be_visible()


def test_a_mistake_is_short_and_stops_run_all(app: App) -> None:
    app.open(CONNECT, "%%nanobanana -a 16x9\na red fox in the snow", "print('went on')")
    app.begin_all()
    expect(app.output(1).get_by_text("did you mean 16:9?")).to_be_visible()
    app.ended(1)
    expect(app.page.get_by_text("Traceback")).to_have_count(0)
    expect(app.page.get_by_text("went on", exact=True)).to_have_count(0)
    assert len(app.output(1).inner_text().splitlines()) <= 6


def test_in_the_background_each_end_comes_into_its_own_cell(app: App, slow_sandbox: EmbeddedSandbox) -> None:
    """While another cell runs: the picture of one, and the error of one that failed."""

    def failing(heard: Heard, answer: Any) -> Any:
        if answer.get("status_code") == "succeeded" and "wild" in answer["input"]["prompt"]:
            answer |= {"status_code": "failed", "output": None, "cost": None, "failure_message": "too wild"}
        return answer

    with HttpServer(relay(slow_sandbox.url, failing, token="sandbox")) as server:
        app.open(
            f"{LOAD}\n%runflow connect {server.url}",
            "%%nanobanana -r 0.5K --seed 4 --background\na red fox in the snow",
            "%%nanobanana -r 0.5K --seed 5 --background\na wild fox",
            "while True: pass",
        )
        app.begin_all()
        expect(app.output(1).get_by_text("run the cell again")).to_be_visible()
        expect(app.output(1).locator("img")).to_be_visible()
        expect(app.output(1).get_by_text(FACTS)).to_be_visible()
        expect(app.output(2).get_by_text("too wild").first).to_be_visible()
        expect(app.cell(3).locator(".jp-InputPrompt")).to_contain_text("*")
        assert app.output(3).inner_text().strip() == ""
        assert too_faint(app.output(2)) == {}
        app.interrupt()
        app.ended(3)


def test_printed_the_picture_and_its_facts_are_on_the_page(lab: App) -> None:
    """As a PDF by the browser; what a closed fold hides stays hidden."""
    lab.open(CONNECT, FOX)
    lab.run_all()
    lab.save()
    page, _ = HTMLExporter().from_filename(str(lab.file))
    html = lab.file.with_suffix(".html")
    html.write_text(page, encoding="utf-8")
    lab.page.goto(html.as_uri())
    printed = PdfReader(io.BytesIO(lab.page.pdf()))
    words = " ".join(" ".join(sheet.extract_text() for sheet in printed.pages).split())
    assert FACTS in words
    assert "asked 4, sent 4" not in words
    assert [picture.image.size for sheet in printed.pages for picture in sheet.images if picture.image] == [(512, 512)]
