"""The page of a pack, opened from the disk: its pictures are seen, in light and dark, and nothing is fetched."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import grave_problems
from tests.pack.made import code_cell, fox_notebook, packed, saved
from tests.pack.paged import answered, markdown, printed, shown

pytestmark = pytest.mark.browser
EVIL = (
    '"><script>document.title = "taken"</script><img src="https://example.com/x.png">'
    "\n\n# A *title*\n![x](https://example.com/y.png)\n\n| a | b |\n|--|--|\n| 1 | 2 |"
)
COLOURS = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
LOADED = "images => images.map(image => [image.naturalWidth > 0, image.alt])"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_shows_everything_without_a_network(page: Page, theme: str, tmp_path: Path) -> None:
    notebook, store, runs = fox_notebook(tmp_path / "here")
    saved(
        notebook,
        markdown(EVIL),
        code_cell("%%nanobanana", store, runs),
        answered(printed("wide " * 400 + "\n" * 50), shown(text_html="<table>", text_plain="a  " * 200)),
    )
    with zipfile.ZipFile(packed(notebook, store, tmp_path / "fox.zip")) as archive:
        archive.extractall(tmp_path / "there")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "there" / "index.html").as_uri(), wait_until="networkidle")
    assert page.title() == "fox.ipynb"
    pictures = page.locator("img").evaluate_all(LOADED)
    assert pictures == [[True, "a red fox in the snow"], [True, "the same at night"], [True, ""]]
    assert [url for url in asked if not url.startswith("file:")] == []
    paper, ink = page.locator("html").evaluate(COLOURS)
    assert (paper, ink) == (
        ("rgb(255, 255, 255)", "rgb(0, 0, 0)") if theme == "light" else (paper, "rgb(255, 255, 255)")
    )
    assert (sum(map(int, paper[4:-1].split(", "))) < 200) is (theme == "dark")
    page.get_by_text("Details").first.click()
    assert grave_problems(page, "body") == []
    page.locator("a:has(img)").first.click()
    page.wait_for_url("**/.runflow/images/**")


def test_a_phone_scrolls_it_one_way(page: Page, tmp_path: Path) -> None:
    notebook, store, runs = fox_notebook(tmp_path / "here")
    wide = shown(text_html="<table>", text_plain="a  " * 200)
    table = markdown("|" + " a-long-word |" * 12 + "\n|" + "--|" * 12 + "\n|" + " x |" * 12)
    saved(notebook, table, code_cell("%%nanobanana", store, runs), answered(printed("long" * 400), wide))
    with zipfile.ZipFile(packed(notebook, store, tmp_path / "fox.zip")) as archive:
        archive.extractall(tmp_path / "there")
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto((tmp_path / "there" / "index.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Table")).not_to_have_js_property("scrollLeft", 0)
