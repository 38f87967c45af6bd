"""What a person sees in JupyterLab."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser

CONNECT = "%load_ext runflow_nb\n%runflow connect sandbox"
PICTURE = ".jp-OutputArea-output img"


def write(folder: Path, *cells: str) -> None:
    cells_ = [nbformat.v4.new_code_cell(cell) for cell in cells]
    kernel = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells_, metadata=kernel), folder / "fox.ipynb")


def saved(lab: Lab) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads((lab.folder / "fox.ipynb").read_text())["cells"]
    return cells


def decoded(page: Page) -> int:
    """Pictures that the browser could really draw."""
    return int(page.evaluate(f"[...document.querySelectorAll('{PICTURE}')].filter(i => i.naturalWidth > 100).length"))


def test_a_picture_is_bought_shown_saved_and_opens_without_a_kernel(lab: Lab, page: Page) -> None:
    """Run All twice leaves the saved file as it is, and a reader sees the picture without running anything."""
    write(lab.folder, CONNECT, "%%nanobanana -r 0.5K -n 2 --seed 4 -o fox\na red fox in the snow", "fox.seed")
    lab.open(page, "fox.ipynb")
    lab.run_all(page)
    expect(page.locator(PICTURE)).to_have_count(1)
    expect(page.locator(".jp-OutputArea-output", has_text="seed 4").first).to_be_visible()
    assert decoded(page) == 1
    lab.save(page, "fox.ipynb")
    first = [cell["outputs"] for cell in saved(lab)]
    assert first[2][0]["data"]["text/plain"] == ["4"]

    lab.run_all(page)
    page.wait_for_timeout(0)
    lab.save(page, "fox.ipynb")
    assert [cell["outputs"][:2] for cell in saved(lab)][1] == first[1]

    lab.open(page, "fox.ipynb")
    expect(page.locator(PICTURE)).to_have_count(1)
    page.wait_for_function(f"() => document.querySelector('{PICTURE}').naturalWidth > 100")
    page.get_by_text("Details").first.click()
    expect(page.get_by_text("a red fox in the snow").last).to_be_visible()


def test_take_new_rewrites_the_cell_to_the_number_it_got(lab: Lab, page: Page) -> None:
    """Run again, the cell shows the take it bought and buys nothing more."""
    write(lab.folder, CONNECT, "%%nanobanana -r 0.5K --seed 4 --take new\na red fox in the snow")
    lab.open(page, "fox.ipynb")
    lab.run_all(page)
    lab.save(page, "fox.ipynb")
    source = "".join(saved(lab)[1]["source"])
    assert "--take 1" in source
    assert "new" not in source


def test_a_mistake_is_short_and_stops_run_all(lab: Lab, page: Page) -> None:
    write(lab.folder, CONNECT, "%%nanobanana -a 16x9\na red fox in the snow", "print('went on')")
    lab.open(page, "fox.ipynb")
    page.wait_for_selector("[data-status=idle]")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(page.get_by_text("did you mean 16:9?")).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)
    expect(page.get_by_text("went on", exact=True)).to_have_count(0)
