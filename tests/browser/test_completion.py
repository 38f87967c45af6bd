"""Tab in JupyterLab and in Notebook 7."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.app import App

pytestmark = pytest.mark.browser

ITEMS = ".jp-Completer-item .jp-Completer-match"


def test_values_appear_with_tab_and_are_chosen_by_keyboard(app: App) -> None:
    """The tiers of the model before the words that the app itself finds in the cell; the chosen one stands there."""
    page, items = app.page, app.page.locator(ITEMS)
    app.open("%load_ext runflow_nb", "# to be typed over")
    app.run_all()
    cell = page.locator(".jp-CodeCell .cm-content").nth(1)
    cell.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("%%nanobanana -m pro -r ")
    page.keyboard.press("Tab")
    for number, tier in enumerate(["1K", "2K", "4K"]):
        expect(items.nth(number)).to_have_text(tier)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(items.first).to_be_hidden()
    expect(cell).to_have_text("%%nanobanana -m pro -r 2K")
    page.keyboard.type(" -a 16:")
    page.keyboard.press("Tab")
    expect(items).to_have_text(["16:9"])
    page.keyboard.press("Enter")
    expect(cell).to_have_text("%%nanobanana -m pro -r 2K -a 16:9")
