"""One Jupyter server that serves JupyterLab 4 and Notebook 7, apart from whatever the person who tests has set up."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
SETTINGS = {
    "themes": {"adaptive-theme": True},  # light or dark, as the browser asks for
    "notification": {"fetchNews": "false"},
}


@dataclass(frozen=True)
class Server:
    """What it serves lies in `folder`."""

    url: str
    folder: Path

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """An answer of the server's own REST interface."""
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(
            urllib.request.Request(self.url + path, data, method=method), timeout=PATIENCE
        ) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def connected(self) -> bool:
        """Whether a page is connected to a kernel."""
        try:
            return any(kernel["connections"] for kernel in self.ask("GET", "/api/kernels"))
        except HTTPError:  # 500 while a kernel of another page is being ended
            return False

    def end_kernels(self) -> None:
        """What one test has started does not slow down the next."""
        for kernel in self.ask("GET", "/api/kernels"):
            self.ask("DELETE", f"/api/kernels/{kernel['id']}")


@contextmanager
def serving(place: Path) -> Iterator[Server]:
    """A server whose folder, settings and log lie in `place`."""
    folder = place / "work"
    settings = place / "settings" / "@jupyterlab" / "apputils-extension"
    for made in (folder, settings):
        made.mkdir(parents=True)
    for name, values in SETTINGS.items():
        (settings / f"{name}.jupyterlab-settings").write_text(json.dumps(values))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--allow-root",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=",
        "--ServerApp.password=", "--ServerApp.port_retries=0", "--ServerApp.disable_check_xsrf=True",
        "--LabApp.news_url=None",
    ]  # fmt: skip
    with (place / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=_environment(place), stdout=log, stderr=log)
        try:
            server = Server(f"http://127.0.0.1:{port}", folder)
            _wait_for(server.url, process)
            yield server
        finally:
            process.terminate()
            process.wait(20)


def _environment(place: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RUNFLOW_", "JUPYTER"))}
    return {
        **kept,
        "JUPYTER_CONFIG_DIR": str(place / "config"),
        "JUPYTER_DATA_DIR": str(place / "data"),
        "JUPYTER_RUNTIME_DIR": str(place / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(place / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(place / "workspaces"),
        "IPYTHONDIR": str(place / "ipython"),
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
    }


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(url + "/api", timeout=2).close()
        except OSError:
            assert time.monotonic() < end, "the server did not start"
            assert server.poll() is None, "the server ended"
            time.sleep(0.1)  # until the server listens there is nothing to wait on
        else:
            return
