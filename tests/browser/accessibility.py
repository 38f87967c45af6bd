"""What axe-core finds in a part of a page that keeps people from using it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")


def grave_problems(page: Page, within: str) -> list[str]:
    """Each serious or critical problem inside elements of this selector, with the first elements that have it."""
    found = Axe().run(page, context=within, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{problem['id']} ({problem['impact']}): {problem['help']}: {[node['html'] for node in problem['nodes'][:3]]}"
        for problem in found
        if problem["impact"] in GRAVE
    ]
