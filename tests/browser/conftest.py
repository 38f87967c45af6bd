"""A real JupyterLab in a real Chromium. Where there is no Chromium these tests are skipped, in CI they fail."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 60.0


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("RUNFLOW_NB_CI"):
            pytest.fail("there is no Chromium, and in CI a browser test that cannot run is a failure")
        pytest.skip("there is no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that serves one folder."""

    url: str
    folder: Path

    def open(self, page: Page, notebook: str) -> None:
        """Show a notebook as a person who double-clicks it."""
        page.goto(f"{self.url}/lab/tree/{notebook}?reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE * 1000)

    def run_all(self, page: Page) -> None:
        """Run All Cells, and wait until every cell has its number."""
        page.wait_for_selector("[data-status=idle]", timeout=PATIENCE * 1000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.wait_for_function(
            "() => { const p = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(e => e.textContent);"
            " return p.some(t => /\\d/.test(t)) && !p.some(t => t.includes('[*]')) }",
            timeout=PATIENCE * 1000,
        )

    def save(self, page: Page, notebook: str) -> None:
        """Save, and wait until the file has changed."""
        before = (self.folder / notebook).stat().st_mtime_ns
        page.keyboard.press("Control+s")
        end = time.monotonic() + PATIENCE
        while (self.folder / notebook).stat().st_mtime_ns == before:
            assert time.monotonic() < end, "the notebook was not saved"
            page.wait_for_timeout(50)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    folder = tmp_path / "work"
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--allow-root",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=",
        "--ServerApp.password=", "--ServerApp.port_retries=0", "--ServerApp.disable_check_xsrf=True",
        "--LabApp.news_url=None",
    ]  # fmt: skip
    with (tmp_path / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, server)
            yield Lab(url, folder)
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(url + "/api", timeout=2).close()
        except OSError:
            assert time.monotonic() < end, "JupyterLab did not start"
            assert server.poll() is None, "JupyterLab ended"
            time.sleep(0.1)  # until the server listens there is nothing to wait on
        else:
            return


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 2400})
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    yield page
    context.close()
