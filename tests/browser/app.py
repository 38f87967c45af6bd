"""One notebook in JupyterLab or Notebook 7, as a person uses it: by its cells, its menu, its toolbar, its keys."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import nbformat
from playwright.sync_api import Locator, Page, expect

from tests.browser.server import PATIENCE, Server

Name = Literal["lab", "notebook"]
FILE = "fox.ipynb"
PICTURE = ".jp-OutputArea-output img"
PYTHON = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
ELSEWHERE = {"display_name": "Elsewhere", "language": "elsewhere", "name": "elsewhere"}
ENDED = (
    "() => { const p = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(e => e.textContent);"
    " return p.some(t => /\\d/.test(t)) && !p.some(t => t.includes('[*]')) }"
)


@dataclass(frozen=True)
class App:
    """One of the two apps in a page of its own, with a folder of its own."""

    name: Name
    server: Server
    page: Page
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / FILE

    def write(self, *cells: str, kernel: dict[str, str] = PYTHON) -> None:
        """Make the notebook of these code cells."""
        made = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), self.file)

    def show(self) -> None:
        """Open the notebook as it lies on the disk."""
        path = f"{self.folder.relative_to(self.server.folder)}/{FILE}"
        address = f"/lab/tree/{path}?reset" if self.name == "lab" else f"/notebooks/{path}"
        self.page.goto(self.server.url + address)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")

    def open(self, *cells: str) -> None:
        """A new notebook of these cells, with its kernel ready."""
        self.write(*cells)
        self.show()
        self.ready()

    def read(self) -> None:
        """Open it as a reader who got it from elsewhere: it is not trusted, and there is no kernel for it."""
        notebook = json.loads(self.file.read_text())
        notebook["metadata"] = {
            "kernelspec": {"display_name": "Elsewhere", "language": "elsewhere", "name": "elsewhere"}
        }
        self.file.write_text(json.dumps(notebook))  # another content has another signature
        self.server.end_kernels()
        self.show()
        self.page.locator(".jp-Dialog select").select_option(label="No Kernel")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()

    def ready(self) -> None:
        """Wait for a kernel that the page is connected to: before that, the page looks ready and runs nothing."""
        end = time.monotonic() + PATIENCE
        while not self.server.connected():
            assert time.monotonic() < end, "no kernel came"
            self.page.wait_for_timeout(50)
        self.page.wait_for_selector("[data-status=idle]")

    def cell(self, number: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def output(self, number: int) -> Locator:
        """The outputs of a cell."""
        return self.cell(number).locator(".jp-Cell-outputArea")

    def ended(self, number: int) -> None:
        """Wait until a cell has its number."""
        expect(self.cell(number).locator(".jp-InputPrompt")).to_contain_text("]:")
        expect(self.cell(number).locator(".jp-InputPrompt")).not_to_contain_text("*")
        expect(self.cell(number).locator(".jp-InputPrompt")).not_to_have_text("[ ]:")

    def type(self, number: int, text: str) -> None:
        """Type this over what a cell holds."""
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def run(self, number: int) -> None:
        """Shift+Enter in this cell."""
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")

    def begin_all(self) -> None:
        """Run All Cells of the menu."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    def run_all(self) -> None:
        """Run All Cells, and wait until every cell has its number."""
        self.begin_all()
        self.page.wait_for_function(ENDED)

    def interrupt(self) -> None:
        """The square of the toolbar."""
        self.page.locator("[data-jp-item-name=interrupt]").locator("visible=true").first.click()

    def restart(self) -> None:
        """Restart Kernel of the menu, and yes."""
        self.page.get_by_role("menuitem", name="Kernel", exact=True).click()
        self.page.locator("[data-command='kernelmenu:restart']").locator("visible=true").click()
        self.page.locator(".jp-Dialog .jp-mod-accept").click()

    def save(self) -> list[dict[str, Any]]:
        """Save; the cells of the file."""
        before = self.file.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")
        end = time.monotonic() + PATIENCE
        while self.file.stat().st_mtime_ns == before or not (text := self._written()):
            assert time.monotonic() < end, "the notebook was not saved"
            self.page.wait_for_timeout(50)
        cells: list[dict[str, Any]] = json.loads(text)["cells"]
        return cells

    def _written(self) -> str:
        """The file, once it is whole: the server empties it before it writes."""
        text = self.file.read_text()
        return text if text.rstrip().endswith("}") else ""

    def decoded(self) -> int:
        """Pictures that the browser could really draw."""
        script = f"[...document.querySelectorAll('{PICTURE}')].filter(i => i.naturalWidth > 100).length"
        return int(self.page.evaluate(script))

    def broken(self) -> int:
        """Pictures of any size that it could not draw."""
        script = f"[...document.querySelectorAll('{PICTURE}')].filter(i => i.complete && !i.naturalWidth).length"
        return int(self.page.evaluate(script))
