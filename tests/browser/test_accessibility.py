"""What a person meets who cannot see well, uses no mouse, or has a narrow page: each widget, in each of its states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.browser.accessibility import grave_problems
from tests.browser.app import App
from tests.http_server import Heard, HttpServer, relay

pytestmark = pytest.mark.browser

CELLS = (
    "%load_ext runflow_nb\n%runflow connect {url}\nfrom runflow_nb import Studio",
    "%nanobanana -q -r 0.5K --seed 1 -o a A fox in the snow\n%nanobanana -q -r 0.5K --seed 2 -o b A fox in the wood",
    "%runflow compare a b",
    "%runflow gallery",
    "studio = Studio('foxes', prompt='A fox in the snow', resolution='0.5K')\nstudio.generate()\nstudio",
)
NARROWED = """width => document.querySelectorAll(".rf").forEach((box) => {
  if (!box.parentElement.closest(".rf")) box.style.width = box.style.maxWidth = `${width}px`;
})"""
STICKING_OUT = """() => [...document.querySelectorAll(".rf")].flatMap((box) => {
  const { right } = box.getBoundingClientRect();
  const apart = (e) => e.closest(".rf-scroll, .rf-hidden") || e.matches(".noUi-origin"); // of no height
  return [...box.querySelectorAll("*")].filter((e) => {
    const at = e.getBoundingClientRect();
    return at.width && !apart(e) && (at.right > right + 1 || (e.scrollWidth > e.clientWidth + 1 && e.clientWidth &&
      getComputedStyle(e).overflowX === "visible" && getComputedStyle(e).display !== "inline"));
  });
}).map((e) => `${e.tagName} ${e.className}`)"""


@pytest.fixture
def failing() -> Iterator[str]:
    """The address of a server of which each run with the word wild fails."""

    def fail(_: Heard, answer: Any) -> Any:
        if answer.get("status_code") == "succeeded" and "wild" in answer["input"]["prompt"]:
            answer |= {"status_code": "failed", "output": None, "cost": None, "failure_message": "too wild"}
        return answer

    with EmbeddedSandbox(latency=0) as sandbox, HttpServer(relay(sandbox.url, fail, token="sandbox")) as server:
        yield server.url


@pytest.mark.parametrize(("app", "theme"), [("lab", "light"), ("lab", "dark"), ("notebook", "light")], indirect=["app"])
def test_nothing_grave_and_nothing_sticks_out(app: App, failing: str) -> None:
    """At rest; with all that opens open, a card of an error and a field that is wrong; and one run looked at."""
    page = app.page
    # All at once: Lab takes what is out of sight off the page.
    page.set_viewport_size({"width": 1900, "height": 6000})
    app.open(CELLS[0].format(url=failing), *CELLS[1:])
    app.run_all()
    for number in (2, 3, 4):
        expect(app.output(number).locator("[data-state=here] img").first).to_be_visible()
    check(app)

    studio = app.output(4)
    studio.get_by_role("button", name="Go on from it").click()
    expect(studio.get_by_role("region", name="Go on from this picture")).to_be_visible()
    studio.get_by_label("Prompt").fill("A wild fox")
    expect(studio.locator(".rf-primary")).to_have_text("Make it · about $0.06")
    studio.locator(".rf-primary").click()
    expect(studio.locator(".rf-card[data-state=failed]")).to_contain_text("too wild")
    studio.get_by_role("button", name="To cell").click()
    expect(studio.get_by_label("The cell that shows it for nothing")).to_be_visible()
    studio.get_by_role("button", name="Less used settings").click()
    studio.get_by_label("Metadata").fill("no object")
    expect(studio.get_by_label("Metadata")).to_have_attribute("aria-invalid", "true")
    page.get_by_text("Date and cost").click()
    page.locator("[role=gridcell][tabindex='0']").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("group", name="Chosen runs")).to_be_visible()
    page.get_by_role("button", name="Side by side").click()
    expect(app.output(2).get_by_role("slider")).to_be_hidden()
    check(app)

    page.locator("[role=gridcell][tabindex='0']").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="One run")).to_contain_text("seeds")
    check(app)


def check(app: App) -> None:
    """In the narrowest and the widest room. Contrasts, names and roles are the same in both."""
    for width in (1600, 360):
        app.page.evaluate(NARROWED, width)
        # Two frames: the grid is measured after the first.
        app.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert app.page.evaluate(STICKING_OUT) == []
    assert grave_problems(app.page, ".rf") == []


def test_what_is_grave_or_sticks_out_is_found(lab: App) -> None:
    """The test above can fail: a control without a name, and a box that is too wide."""
    html = '<div class="rf"><input type="text"><div style="width:5000px">wide</div></div>'
    lab.open(f"from IPython.display import HTML\nHTML({html!r})")
    lab.run_all()
    (problem,) = grave_problems(lab.page, ".rf")
    assert problem.startswith("label (critical)")
    assert lab.page.evaluate(STICKING_OUT) == ["DIV "]
