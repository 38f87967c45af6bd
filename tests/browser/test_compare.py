"""Two pictures compared by mouse and by keys, and where no kernel is."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.app import App

pytestmark = pytest.mark.browser

CELLS = (
    "%load_ext runflow_nb\n%runflow connect sandbox",
    "%nanobanana -q -r 0.5K --seed 1 -o a A fox in the snow\n%nanobanana -q -r 0.5K --seed 2 -o b A fox in the wood",
    "%runflow compare a b",
)
SPLIT = ".rf-compare .rf-over"
CLIP = "e => getComputedStyle(e).clipPath"


def drawn(app: App, number: int) -> None:
    """Wait until the pictures that are seen are there."""
    expect(app.output(2).locator("[data-state=here] img").locator("visible=true")).to_have_count(number)


def test_by_mouse_and_by_keys(app: App) -> None:
    """The slider is the pictures themselves, and a range with a name, which keys move."""
    app.open(*CELLS)
    app.run_all()
    drawn(app, 2)
    box = app.output(2).locator(".rf-compare").bounding_box()
    assert box is not None
    mouse = app.page.mouse
    mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 50)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 60)
    mouse.up()
    slider = app.output(2).get_by_role("slider")
    expect(slider).to_have_value("20")
    assert "80%" in app.output(2).locator(SPLIT).evaluate(CLIP)
    slider.focus()
    app.page.keyboard.press("ArrowRight")
    app.page.keyboard.press("End")
    expect(slider).to_have_value("100")
    assert app.output(2).locator(SPLIT).evaluate(CLIP).startswith("inset(0px 0%")
    app.page.keyboard.press("Shift+Tab")
    app.page.keyboard.press("Enter")
    expect(slider).to_be_hidden()
    drawn(app, 2)

    # The table that stands in where no kernel is: hidden while the widget lives.
    expect(app.output(2).locator("table img").locator("visible=true")).to_have_count(0)
    app.save()
    app.read()
    expect(app.output(2).locator("table img").locator("visible=true")).to_have_count(2)
    assert app.broken() == 0
