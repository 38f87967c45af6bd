"""Real apps in a real Chromium. Where there is no Chromium these tests are skipped, in CI they fail."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.browser.app import App, Name
from tests.browser.server import PATIENCE, Server, serving

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("RUNFLOW_NB_CI"):
            pytest.fail("there is no Chromium, and in CI a browser test that cannot run is a failure")
        pytest.skip("there is no Chromium")
    expect.set_options(timeout=PATIENCE * 1000 / 2)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def theme() -> str:
    """What the browser asks for; a test may ask for the other with `parametrize`."""
    return "light"


@pytest.fixture
def page(chromium: Browser, theme: str) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 2400}, color_scheme="dark" if theme == "dark" else "light"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000 / 2)
    yield page
    context.close()


@contextmanager
def _app(name: Name, server: Server, page: Page) -> Iterator[App]:
    folder = server.folder / f"{name}{next(_numbers)}"
    folder.mkdir()
    yield App(name, server, page, folder)
    page.close()  # before its kernels end: it would ask for them again
    server.end_kernels()


@pytest.fixture
def lab(server: Server, page: Page) -> Iterator[App]:
    """A JupyterLab."""
    with _app("lab", server, page) as app:
        yield app


@pytest.fixture(params=["lab", "notebook"])
def app(request: pytest.FixtureRequest, server: Server, page: Page) -> Iterator[App]:
    """Each of the two apps."""
    with _app(request.param, server, page) as app:
        yield app


@pytest.fixture
def slow_sandbox() -> Iterator[EmbeddedSandbox]:
    """Takes long enough for a run that a person can act meanwhile."""
    with EmbeddedSandbox(latency=4) as running:
        yield running
