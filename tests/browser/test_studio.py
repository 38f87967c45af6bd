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
    outputs = app.save()[1]["outputs"]
    assert "image/jpeg" in outputs[0]["data"]
    app.read()
    expect(app.page.locator(SHEET)).to_have_count(1)
    expect(app.output(1)).to_contain_text("A fox <b>in</b> the snow")
    # The run took 4 s and its kernel is gone: whatever the second click had bought would have been received.
    assert [received.body["input"]["prompt"] for received in slow_sandbox.book.received] == ["A fox <b>in</b> the snow"]


def test_variations_to_a_cell_and_back(lab: App, slow_sandbox: EmbeddedSandbox) -> None:
    """One more for two clicks, four new seeds for two, their price on the button first; the copied cell shows the
    picture for nothing."""
    lab.open(setup(slow_sandbox), "studio = Studio('owls', prompt='An owl', resolution='0.5K')\nstudio", "0", "0")
    lab.run_all()
    button(lab, f"Make it · {PRICE}").click()
    expect(cards(lab, "done")).to_have_count(1)
    button(lab, f"Make another · {PRICE}").dblclick()
    expect(cards(lab, "done")).to_have_count(2)
    cards(lab, "done").first.get_by_role("button").click()
    expect(lab.page.locator(".rf-title", has_text="From: An owl")).to_be_focused()
    button(lab, "4 new seeds · about $0.24").dblclick()
    expect(cards(lab, "open")).to_have_count(4)
    expect(cards(lab, "done")).to_have_count(6)
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
    # Long after the clicks: what any of them had bought beside would have been received.
    assert len(slow_sandbox.book.received) == 6


def test_the_form_stays_usable_while_a_cell_runs_and_says_when_its_kernel_is_gone(
    lab: App, slow_sandbox: EmbeddedSandbox
) -> None:
    """Another cell keeps the kernel busy: sooner or later the press is heard, once. Restarted from elsewhere: the press
    is answered by nobody, and the page says what to do. Restarted in the page: it says so at once. The picture stays.
    """
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
    lab.run(0)
    lab.run(1)
    expect(lab.page.get_by_role("alert")).to_be_hidden()
    expect(button(lab, "Show · $0.00")).to_be_enabled()
    lab.restart()
    expect(lab.page.get_by_role("alert")).to_contain_text("The kernel was restarted: run the cell again.")
    expect(button(lab, "Show · $0.00")).to_be_disabled()
    lab.ready()
    expect(lab.page.locator(SHEET)).to_have_count(1)
    assert len(slow_sandbox.book.received) == 1


def test_done_gives_way_to_words(lab: App, slow_sandbox: EmbeddedSandbox) -> None:
    """In the page and in the file, where no widget is left."""
    lab.open(setup(slow_sandbox), "Studio('tits', prompt='A tit', resolution='0.5K')")
    lab.run_all()
    button(lab, "Done").click()
    expect(lab.output(1)).to_contain_text("Studio tits is done")
    kinds = [set(output["data"]) for output in lab.save()[1]["outputs"]]
    assert kinds[2] == {"text/plain", "text/html"}


def test_a_page_loaded_anew_shows_how_its_run_ended(lab: App, slow_sandbox: EmbeddedSandbox) -> None:
    """What was on its way is neither lost nor bought twice. What is missing above the form comes with the cell."""
    lab.open(setup(slow_sandbox), "Studio('rails', prompt='A rail', resolution='0.5K')")
    lab.run_all()
    lab.save()
    button(lab, f"Make it · {PRICE}").click()
    expect(cards(lab, "open")).to_have_count(1)
    lab.page.reload()
    expect(cards(lab, "open")).to_have_count(1)
    cards(lab, "done").scroll_into_view_if_needed()
    expect(cards(lab, "done").locator("img")).to_be_visible()
    expect(button(lab, "Show · $0.00")).to_be_visible()
    expect(lab.output(1)).to_contain_text(
        "The page was loaded anew. Where pictures are missing above, run the cell again"
    )
    lab.run(1)
    expect(lab.page.locator(SHEET)).to_have_count(1)
    expect(lab.output(1)).not_to_contain_text("loaded anew")
    assert len(slow_sandbox.book.received) == 1


WALK = """() => {
  const at = document.activeElement;
  const seen = at.matches(".widget-radio-box input") ? at.closest("label") : at;
  const name = at.labels?.[0]?.closest(".widget-radio")?.querySelector(".widget-label") || at.labels?.[0] || at;
  const label = at.getAttribute("aria-labelledby");
  const words = (label && document.getElementById(label)) || name;
  return [words.textContent.trim(), getComputedStyle(seen).outlineStyle];
}"""


def test_by_keys_alone_it_is_filled_in_pressed_and_heard(lab: App) -> None:
    """Tab goes through the form in its order, and where it is can be seen. A run's start and end are announced once
    each, and Escape closes its menu."""
    with EmbeddedSandbox(latency=1.5) as sandbox:
        lab.open(setup(sandbox), "Studio('coots', prompt='A coot', resolution='0.5K')")
        lab.run_all()
        press = lab.page.keyboard.press
        expect(lab.page.locator(".rf-drop")).to_be_visible()
        expect(button(lab, f"Make it · {PRICE}")).to_be_visible()
        lab.page.get_by_label("Prompt").focus()
        walked = [lab.page.evaluate(WALK)]
        while not walked[-1][0].startswith("Make it") and len(walked) < 30:
            press("Tab")
            walked.append(lab.page.evaluate(WALK))
        assert [name for name, _ in walked] == [
            "Prompt", "Pictures to edit: drop them anywhere on the form, or choose files",
            "Add by variable, path, URL or run", "Add", "Ratio", "Resolution", "Number", "Format", "Thinking",
            "Web search", "Safety", "Seed", "Less used settings", f"Make it · {PRICE}",
        ]  # fmt: skip
        assert [name for name, outline in walked if outline == "none"] == []

        press("Enter")
        expect(cards(lab, "done")).to_have_count(1)
        expect(lab.page.get_by_role("log").locator("div")).to_have_text(
            ["On its way: A coot.", "Done: A coot, $0.06 play money."]
        )
        go_on = button(lab, "Go on from it: A coot")
        go_on.focus()
        press("Enter")
        expect(lab.page.locator(".rf-title", has_text="From: A coot")).to_be_focused()
        press("Escape")
        expect(lab.page.get_by_role("region", name="Go on from this picture")).to_be_hidden()
        expect(go_on).to_be_focused()

        moves = "e => getComputedStyle(e).transitionDuration"
        assert go_on.evaluate(moves) == "0.12s"
        lab.page.emulate_media(reduced_motion="reduce")
        assert go_on.evaluate(moves) == "0s"


def test_in_an_output_widget_it_says_what_is_kept(lab: App, slow_sandbox: EmbeddedSandbox) -> None:
    """Updates of outputs are lost in there: the run is made and shown on its card, and words tell the rest."""
    shown = (
        "out = ipywidgets.Output()\nwith out:\n    display(Studio('teals', prompt='A teal', resolution='0.5K'))\nout"
    )
    lab.open(setup(slow_sandbox) + "\nimport ipywidgets", shown)
    lab.run_all()
    expect(lab.output(1)).to_contain_text("In an Output widget the above stays as it is.")
    button(lab, f"Make it · {PRICE}").click()
    expect(cards(lab, "done")).to_have_count(1)
    button(lab, "Done").click()
    expect(lab.output(1)).to_contain_text("Studio teals is done.")
