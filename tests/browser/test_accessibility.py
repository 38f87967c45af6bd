"""What a person meets who cannot see well, or uses no mouse: axe-core on each widget, in light and in dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import grave_problems
from tests.browser.app import App

pytestmark = pytest.mark.browser

CELLS = (
    "%load_ext runflow_nb\n%runflow connect sandbox\nfrom runflow_nb import Studio",
    "%nanobanana -q -r 0.5K --seed 1 -o a A fox in the snow\n%nanobanana -q -r 0.5K --seed 2 -o b A fox in the wood",
    "%runflow compare a b",
    "%runflow gallery",
    "studio = Studio('foxes', prompt='A fox in the snow', resolution='0.5K')\nstudio.generate()\nstudio",
)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_grave(lab: App, theme: str) -> None:
    # All at once: Lab takes what is out of sight off the page.
    lab.page.set_viewport_size({"width": 1280, "height": 6000})
    lab.open(*CELLS)
    lab.run_all()
    for number in (2, 3, 4):
        expect(lab.output(number).locator("[data-state=here] img").first).to_be_visible()
    assert grave_problems(lab.page, ".rf") == []


def test_axe_finds_what_is_grave(lab: App) -> None:
    """The test above can fail: a control without a name is found."""
    lab.open('from IPython.display import HTML\nHTML(\'<div class="rf"><input type="text"></div>\')')
    lab.run_all()
    (problem,) = grave_problems(lab.page, ".rf")
    assert problem.startswith("label (critical)")
