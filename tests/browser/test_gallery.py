"""A gallery of 5,000 runs: scrolled, moved through by keys, narrowed, and where no kernel is."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import grave_problems
from tests.browser.app import App
from tests.widgets.many import many_runs

pytestmark = pytest.mark.browser

RUNS = 5000
CELL = "from runflow_nb import Gallery, history\ng = Gallery(history(all=True))\ng"
SCROLLER = ".rf-gallery-scroll"
IN_SIGHT = """() => {
  const frame = document.querySelector('.rf-gallery-scroll').getBoundingClientRect();
  const seen = [...document.querySelectorAll('.rf-gallery-cell')].filter((cell) => {
    const at = cell.getBoundingClientRect();
    return at.bottom > frame.top && at.top < frame.bottom;
  });
  return seen.length > 5 && seen.every((cell) => cell.querySelector('img')?.naturalWidth > 50);
}"""
SCROLL = """async () => {
  const scroller = document.querySelector('.rf-gallery-scroll');
  const gaps = [];
  let before = performance.now();
  for (let frame = 0; frame < 90; frame += 1) {
    scroller.scrollTop += 200;
    await new Promise((next) => requestAnimationFrame(next));
    gaps.push(performance.now() - before);
    before = performance.now();
  }
  return [gaps.sort((a, b) => a - b)[45], document.querySelectorAll('.rf-gallery-cell').length];
}"""


def opened(app: App) -> None:
    many_runs(app.folder / ".runflow", RUNS)
    app.open(CELL)
    app.run_all()
    app.page.wait_for_selector(SCROLLER)
    app.page.wait_for_function(IN_SIGHT)


def said(app: App) -> str:
    """What a screen reader says of the element that has the focus."""
    return str(app.page.evaluate("document.activeElement.getAttribute('aria-label')"))


def test_five_thousand_runs_scroll_and_are_moved_through_by_keys(app: App) -> None:
    opened(app)
    grid = app.page.get_by_role("grid")
    columns = int(grid.get_attribute("aria-colcount") or 0)
    expect(grid).to_have_attribute("aria-rowcount", str(-(-RUNS // columns)))
    median, cells = app.page.evaluate(SCROLL)
    assert median < 50  # milliseconds a frame; an idle machine needs 17
    assert cells < 12 * columns
    app.page.wait_for_function(IN_SIGHT)

    press = app.page.keyboard.press
    app.page.locator("[role=gridcell][tabindex='0']").focus()
    press("Home")
    assert said(app).startswith("otter number 4999,")
    press("ArrowRight")
    press("ArrowDown")
    assert f"number {4998 - columns}," in said(app)
    press("Space")
    press("PageDown")
    press("End")
    app.page.wait_for_function("document.activeElement.getAttribute('aria-label').includes('fox number 0,')")
    app.page.wait_for_function(IN_SIGHT)
    press("Space")
    expect(app.page.get_by_role("group", name="Chosen runs")).to_contain_text("2 runs chosen")
    press("4")
    app.page.wait_for_function("document.activeElement.getAttribute('aria-label').includes('4 stars')")
    press("Enter")
    expect(app.page.get_by_role("heading", name="Run ")).to_be_focused()
    press("Escape")
    assert said(app).startswith("fox number 0,")
    expect(app.cell(0).locator(".cm-content")).to_contain_text("Gallery")  # Lab's own keys did nothing to the cell

    app.page.get_by_role("searchbox", name="Search").fill("owl number 499")
    expect(app.page.locator(".rf-gallery .rf-status")).to_have_text("2 of 5,000 runs, 2 chosen")


def test_a_saved_gallery_shows_its_newest_runs_without_a_kernel(lab: App) -> None:
    opened(lab)
    expect(lab.output(0).locator("table img").locator("visible=true")).to_have_count(0)
    outputs = lab.save()[0]["outputs"]
    assert lab.file.stat().st_size < 60_000
    assert len(outputs) == 2
    lab.read()
    expect(lab.output(0).locator("table img").locator("visible=true")).to_have_count(12)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_keeps_people_from_using_it(lab: App) -> None:
    """Neither in the grid, nor where a run is chosen, nor where one is looked at."""
    opened(lab)
    assert grave_problems(lab.page, ".rf-gallery") == []
    lab.page.locator("[role=gridcell][tabindex='0']").focus()
    lab.page.keyboard.press("Space")
    expect(lab.page.get_by_role("group", name="Chosen runs")).to_be_visible()
    assert grave_problems(lab.page, ".rf-gallery") == []
    lab.page.keyboard.press("Enter")
    expect(lab.page.get_by_role("region", name="One run")).to_contain_text("seeds")
    assert grave_problems(lab.page, ".rf-gallery") == []


def test_words_of_people_make_no_elements(lab: App) -> None:
    """Neither a prompt nor a tag."""
    hostile = "<img src=x onerror='window.acted=1'> fox"
    lab.open(
        "%load_ext runflow_nb\n%runflow connect sandbox",
        f"from runflow_nb import generate, Gallery\nr = generate({hostile!r}, resolution='0.5K', tag={hostile!r})",
        "Gallery()",
    )
    lab.run_all()
    cell = lab.page.locator("[role=gridcell]").first
    expect(cell.locator("[data-state=here] img")).to_have_count(1)
    cell.focus()
    lab.page.keyboard.press("Enter")
    expect(lab.page.get_by_role("region", name="One run")).to_contain_text("<img src=x")
    assert lab.page.evaluate("window.acted") is None
    assert lab.page.locator("img[src=x]").count() == 0
