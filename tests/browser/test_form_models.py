"""Models outside of the catalog, from the form's list to what they delivered, by mouse and by keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.browser.app import App
from tests.browser.test_accessibility import check

pytestmark = pytest.mark.browser

UNKNOWN = "Make it · price unknown"
MOMENT = "since => Date.now() - since > 1100"
"""Two presses within a moment are one double click."""


def card(app: App, model: str) -> Locator:
    return app.page.locator(".rf-card[data-state=done]").filter(has_text=model)


def press_twice(page: Page, sandbox: EmbeddedSandbox) -> None:
    """The price that nobody knows is asked about; the second press is the yes."""
    received = len(sandbox.book.received)
    page.get_by_role("button", name=UNKNOWN, exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"{UNKNOWN}, sure?")).to_be_focused()
    page.wait_for_function(MOMENT, arg=page.evaluate("Date.now()"))
    assert len(sandbox.book.received) == received
    page.keyboard.press("Enter")


def asked_for_a_list(sandbox: EmbeddedSandbox) -> bool:
    return any("/models" in name and "/runs" not in name for name in sandbox.book.requests)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_and_a_film_of_models_that_no_page_describes(lab: App, tmp_path: Path) -> None:
    page = lab.page
    with EmbeddedSandbox(latency=0.2) as sandbox:
        page.set_viewport_size({"width": 1900, "height": 4000})
        lab.open(
            f"%load_ext runflow_nb\n%runflow connect {sandbox.url}\nfrom runflow_nb import Compare, Gallery, Studio",
            "studio = Studio('odds', prompt='A fox in the snow')\nstudio",
            "Compare(*studio.runs)",
            "Gallery()",
        )
        lab.run(0)
        lab.run(1)
        assert not asked_for_a_list(sandbox)
        page.get_by_role("button", name="More models").click()
        model = page.get_by_label("Model", exact=True)
        expect(model).to_have_accessible_description(re.compile("The API lists 6 more models: choose above."))
        assert asked_for_a_list(sandbox)
        model.select_option(label="sandbox/sketch")
        page.get_by_label("Guidance scale").fill("7.5")
        page.get_by_role("radiogroup", name="Style").get_by_role("radio").nth(1).focus()
        page.keyboard.press("Space")
        expect(page.locator(".rf-note", has_text="The API says of its price: one cent per image.")).to_be_visible()
        press_twice(page, sandbox)
        expect(card(lab, "sandbox/sketch").locator("img")).to_be_visible()

        model.focus()
        model.select_option(label="sandbox/flipbook")
        expect(page.get_by_text("Left out: ")).to_contain_text("guidance_scale 7.5")
        press_twice(page, sandbox)
        film = card(lab, "sandbox/flipbook")
        expect(film.get_by_role("img", name="A fox in the snow")).to_have_text(
            re.compile("video AVI, 512 × 288, 2.0 s, .* KB")
        )
        keep = film.get_by_role("button", name="Save video AVI, 512 × 288")
        keep.focus()
        with page.expect_download() as kept:
            page.keyboard.press("Enter")
        data = Path(kept.value.path()).read_bytes()
        assert (data[:4], kept.value.suggested_filename[-4:]) == (b"RIFF", ".avi")
        # Above the form a link that needs no kernel, to a copy beside the notebook.
        link = lab.output(1).locator("a[href*='runflow_files/']")
        expect(link).to_have_text("video AVI")
        assert (lab.folder / "runflow_files" / kept.value.suggested_filename).read_bytes() == data

        lab.run(2)
        lab.run(3)
        expect(lab.output(2).get_by_role("button", name="Save video AVI")).to_be_visible()
        cell = lab.output(3).get_by_role("gridcell", name="video AVI")
        expect(cell).to_be_visible()
        check(lab)
        cell.focus()
        page.keyboard.press("Enter")
        expect(lab.output(3).get_by_role("button", name="Save video AVI")).to_be_visible()
        check(lab)
