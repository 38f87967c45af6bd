"""The sandbox as a program of its own, and inside this process."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.sandbox.switches import Switches

from .conftest import Caller, caller

PROGRAM = """
import argparse, sys
from runflow_nb.sandbox.command import add_arguments, run
parser = argparse.ArgumentParser(prog="runflow-nb sandbox")
add_arguments(parser)
sys.exit(run(parser.parse_args()))
"""


@contextmanager
def program(*options: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", "-c", PROGRAM, *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={"TMPDIR": str(folder), "PATH": ""}
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Runflow sandbox listening on http://"), line
    return line.removeprefix("Runflow sandbox listening on ").strip()


def test_the_first_line_says_where_it_listens_and_it_takes_requests_at_once(tmp_path: Path) -> None:
    with program("--latency", "0", "--balance", "0.10", "--faults", "me: 503 1st", folder=tmp_path) as process:
        url = address(process)
        with Caller(base_url=url, headers={"Authorization": "Bearer k"}, timeout=20, trust_env=False) as call:
            assert call.get("/v1/health").json()["sandbox"] is True
            assert call.get("/v1/billing/balance").json()["balance"] == "0.1"
            assert call.made()["status_code"] == "succeeded"
            assert call.create().status_code == 402
            assert [call.get("/v1/auth/me").status_code for _ in range(2)] == [503, 200]


def test_it_ends_within_two_seconds_of_sigterm_even_while_it_paints_and_leaves_no_files(tmp_path: Path) -> None:
    with program("--latency", "0", folder=tmp_path) as process:
        url = address(process)
        with Caller(base_url=url, headers={"Authorization": "Bearer k"}, timeout=20, trust_env=False) as call:
            for _ in range(3):
                assert call.create(resolution="4K", num_images=4, output_format="webp").status_code == 201
            assert any(tmp_path.iterdir())
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == 0
            assert time.monotonic() - began < 2
    assert process.stderr is not None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (("--host", "0.0.0.0"), 2, "can be reached by other machines"),
        (("--host", "192.168.0.1"), 2, "can be reached by other machines"),
        (("--host", "example.org"), 2, "is not an address of this machine"),
        (("--latency", "-1"), 2, "is no number of seconds"),
        (("--latency", "nan"), 2, "is no number of seconds"),
        (("--balance", "-1"), 2, "is no amount of US dollars"),
        (("--port", "70000"), 2, "is no port"),
    ],
)
def test_what_cannot_be_is_refused_in_words(tmp_path: Path, options: tuple[str, ...], status: int, said: str) -> None:
    with program(*options, folder=tmp_path) as process:
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (status, "")
    assert said in err
    assert "Traceback" not in err


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with program("--port", port, folder=tmp_path) as process:
            _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"127.0.0.1:{port}" in err


def test_an_embedded_sandbox_ends_with_its_block_and_leaves_neither_thread_nor_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = set(threading.enumerate())
    with EmbeddedSandbox(latency=0) as sandbox, caller(sandbox) as call:
        call.made()
        assert any(tmp_path.iterdir())
        url = sandbox.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(url + "/v1/health", trust_env=False)
    deadline = time.monotonic() + 10
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    assert set(threading.enumerate()) <= before
    assert list(tmp_path.iterdir()) == []
    sandbox.stop()


def test_a_sandbox_that_ends_while_it_paints_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = set(threading.enumerate())
    for _ in range(5):
        with EmbeddedSandbox(latency=0) as sandbox, caller(sandbox) as call:
            for _ in range(4):
                call.create(num_images=4)
    deadline = time.monotonic() + 10
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    assert list(tmp_path.iterdir()) == []


def test_the_book_says_what_was_asked_made_and_billed() -> None:
    with EmbeddedSandbox(latency=0) as sandbox, caller(sandbox) as call:
        run = call.made(client_ref="a")
        call.create(prompt="x" * 100_000)
        page, told = sandbox.book, httpx.get(sandbox.url + "/sandbox/book", trust_env=False).json()
        assert [(each.id, each.client_ref, str(each.billed)) for each in page.of("a")] == [(run["id"], "a", "0.0600")]
        assert [each.status for each in page.received] == [201, 422]
        assert page.received[0].body["client_ref"] == "a"
        assert len(str(page.received[1].body)) < 1000
        assert page.requests["POST /v1/models/{model_id:path}/runs"] == 2
        assert (told["created"], told["billed"], told["by_client_ref"]) == (1, "0.06", {"a": 1})


@pytest.mark.parametrize("changes", [{"latency": -1}, {"balance": -1}, {"link_lifetime": float("nan")}])
def test_switches_that_make_no_sense_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="from 0 up"):
        Switches(**changes)


def test_models_are_declared_with_every_input_of_their_spec(sandbox: EmbeddedSandbox) -> None:
    from runflow_nb.models.catalog import CATALOG

    with caller(sandbox) as call:
        listed = {model["slug"]: model for model in call.get("/v1/models").json()["items"]}
        assert set(listed) >= set(CATALOG)
        for name, spec in CATALOG.items():
            model = call.get(f"/v1/models/{name}").json()
            assert model == listed[name]
            declared = [
                (each["name"], each["variable_type_code"], each["is_required"], each["default_value"])
                for each in model["inputs"]
            ]
            assert declared == [(field.name, field.type, field.required, field.default) for field in spec.fields]
        ratios = next(each for each in listed["google/nano-banana-2"]["inputs"] if each["name"] == "aspect_ratio")
        assert len(ratios["validator_attrs"]["values"]) == 15
