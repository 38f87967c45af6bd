"""The API key goes to the API's own address, in one header, and nowhere else: no file, text, log or traceback."""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runflow_nb
from runflow_nb import calls, settings
from runflow_nb.clock import SystemClock
from runflow_nb.engine.session import Session
from runflow_nb.errors import (
    KeyRefused,
    NotConnected,
    RequestRefused,
    RunflowError,
    RunUnknown,
    ServerUnavailable,
    StillRunning,
)
from runflow_nb.notebook.asked import ask
from runflow_nb.notebook.cell.typed import take_apart
from runflow_nb.notebook.runflow.arguments import read_arguments
from runflow_nb.notebook.runflow.subcommands import SUBCOMMANDS
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.sandbox.identity import organization
from runflow_nb.secret import Secret
from tests.conftest import OpenSession
from tests.http_server import Answer, Heard, HttpServer, relay

KEY = "rf_live_c0ffee5ca1ab1e0ddba11"
"""Nobody's key, easily recognised."""
RELAY = "token-of-the-relay"
"""What the sandbox behind is shown in the key's place."""
QUICK = {"resolution": "0.5K", "output_format": "jpeg"}
LARGE = np.random.default_rng(0).integers(0, 256, (700, 700, 3), dtype="uint8")
"""As a PNG more than 1 MiB, so that it is uploaded."""


@dataclass(frozen=True, slots=True)
class Live:
    """An API that is no sandbox: it gets the key. Pictures lie on another port, with the sandbox behind it."""

    server: HttpServer
    storage: EmbeddedSandbox

    @property
    def url(self) -> str:
        return self.server.url

    def bearers(self) -> set[str]:
        """The bearer tokens that were shown to the API."""
        return {heard.headers["authorization"] for heard in self.server.heard if "authorization" in heard.headers}


class Script:
    """The API's answers: those of the sandbox behind it, but for what a test puts in their place."""

    def __init__(self, storage: EmbeddedSandbox) -> None:
        self.instead: dict[tuple[str, str], Answer] = {}
        """(method, beginning of the path) -> answer."""
        self._pass_on = relay(storage.url, token=RELAY)

    def __call__(self, heard: Heard) -> Answer:
        for (method, path), answer in self.instead.items():
            if heard.method == method and heard.path.startswith(path):
                return answer
        if heard.path == "/v1/health":
            return Answer(200, b'{"status": "ok"}')
        if b"refuse this" in heard.body:
            return Answer(401, f'{{"code": "UNAUTHORIZED", "message": "no such key: {KEY}"}}'.encode())
        if b"object to this" in heard.body:
            told = f'{{"code": "INVALID", "message": "{KEY}", "errors": [{{"loc": ["{KEY}"], "msg": "{KEY}"}}]}}'
            return Answer(422, told.encode())
        return self._pass_on(heard)


@pytest.fixture
def script(sandbox: EmbeddedSandbox) -> Script:
    return Script(sandbox)


@pytest.fixture
def live(sandbox: EmbeddedSandbox, script: Script, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    monkeypatch.setenv("RUNFLOW_API_KEY", KEY)
    with HttpServer(script) as server:
        yield Live(server, sandbox)


class Hurried(SystemClock):
    """A clock on which waiting takes no time."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


def files_of(folder: Path) -> bytes:
    """All that stands in files there, their names too."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert paths
    return b"\n".join([str(path).encode() + path.read_bytes() for path in paths])


PROGRAM = """
import logging, pickle, sys, traceback
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
import numpy as np
import runflow_nb
from runflow_nb import calls, errors, settings

quick = dict(resolution="0.5K", output_format="jpeg")
run = runflow_nb.generate("an owl", **quick)
large = np.random.default_rng(0).integers(0, 256, (700, 700, 3), dtype="uint8")
night = runflow_nb.edit("make it night", [large, run], **quick)
job = runflow_nb.generate("another owl", background=True, **quick)
job.wait(60)
session = calls.session()
now = session.settings()
engine = session.engine(now)
client = session.loop.run(engine.connection.client())
history = runflow_nb.history(all=True)
estimate = runflow_nb.generate("an owl", estimate=True)
shown = [run, night, job, session, now, now.key, engine, engine.connection, client, history, estimate, run.images]
for thing in shown:
    print(repr(thing), str(thing), f"{thing}", vars(thing) if hasattr(thing, "__dict__") else "")
print(history.to_frame().to_string())
for thing in (run, night, run.images[0], estimate):
    sys.stdout.buffer.write(pickle.dumps(thing))
for prompt in ("refuse this", "object to this", "x"):
    try:
        runflow_nb.generate(prompt)
    except errors.RunflowError as error:
        whole = traceback.TracebackException.from_exception(error, capture_locals=True)
        print(type(error).__name__, error, repr(error), error._render_traceback_(), *whole.format(), vars(error))
        sys.stdout.buffer.write(pickle.dumps(error))
session.close()
print("the end", flush=True)
runflow_nb.generate("refuse this")
"""
"""Does what people do and shows all there is to show; ends with an error that nobody catches."""


def test_the_key_is_in_no_file_no_text_no_log_and_no_traceback(live: Live, tmp_path: Path) -> None:
    environment = {**os.environ, "RUNFLOW_BASE_URL": live.url, "HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-c", PROGRAM], env=environment, cwd=tmp_path, capture_output=True, timeout=100
    )
    said = ended.stdout + ended.stderr
    assert b"the end" in ended.stdout, said.decode(errors="replace")
    assert ended.returncode == 1
    assert live.bearers() == {f"Bearer {KEY}"}, "the API was shown the key"
    assert b"KeyRefused" in ended.stderr
    assert b"HTTP Request" in ended.stdout, "the HTTP library logged"
    assert KEY.encode() not in said
    assert KEY.encode() not in files_of(tmp_path)
    assert live.storage.book.keys_at_links == 0
    assert live.storage.book.requests["PUT /sandbox/uploads/{asset_id}"] == 1
    assert {run.org_id for run in live.storage.book.runs} == {organization(RELAY)}


def test_health_is_asked_without_the_key(live: Live, open_session: OpenSession) -> None:
    open_session(live.url)
    runflow_nb.generate("an owl", **QUICK)
    assert {heard.path: "authorization" in heard.headers for heard in live.server.heard}["/v1/health"] is False
    assert live.bearers() == {f"Bearer {KEY}"}


def test_a_sandbox_is_never_shown_the_key(
    sandbox: EmbeddedSandbox, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RUNFLOW_API_KEY", KEY)
    with HttpServer(relay(sandbox.url)) as listening:
        open_session(listening.url)
        runflow_nb.connect(listening.url, api_key=KEY)
        runflow_nb.edit("make it night", LARGE, **QUICK)
        assert not [heard for heard in listening.heard if KEY in str(heard)]
        assert {run.org_id for run in sandbox.book.runs} == {organization("sandbox")}
    assert KEY.encode() not in files_of(tmp_path)


@pytest.fixture
def elsewhere() -> Iterator[HttpServer]:
    """Another server, to which nobody was to speak."""
    with HttpServer(lambda _: Answer(200, b"{}")) as server:
        yield server


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize(
    ("method", "path", "error"),
    [
        pytest.param("POST", "/v1/models/", RunUnknown, id="create"),
        pytest.param("GET", "/v1/runs/", StillRunning, id="poll"),
        pytest.param("POST", "/v1/asset-uploads", ServerUnavailable, id="upload"),
    ],
)
def test_a_redirect_of_the_api_is_not_followed(
    status: int,
    method: str,
    path: str,
    error: type[RunflowError],
    live: Live,
    script: Script,
    elsewhere: HttpServer,
    open_session: OpenSession,
) -> None:
    script.instead[method, path] = Answer(status, b"", {"Location": f"{elsewhere.url}/v1/there"})
    open_session(live.url, clock=SystemClock() if error is StillRunning else Hurried())
    settings.configured["wait_limit"] = 1.0 if error is StillRunning else 60.0
    with pytest.raises(error) as raised:
        runflow_nb.edit("make it night", LARGE, **QUICK)
    assert KEY not in "".join(traceback.format_exception(raised.value))
    assert live.bearers() == {f"Bearer {KEY}"}
    assert elsewhere.heard == []


def test_a_redirect_of_a_download_is_followed_without_the_key(
    live: Live, script: Script, open_session: OpenSession
) -> None:
    def lead_away(heard: Heard, answer: Any) -> Any:
        for number, output in enumerate((answer.get("output") or {}).get("outputs", [])):
            real = output["url"]
            output["url"] = f"{storage.url}/moved/{number}"
            moved[f"/moved/{number}"] = real
        return answer

    moved: dict[str, str] = {}
    script._pass_on = relay(live.storage.url, lead_away, token=RELAY)
    with HttpServer(lambda heard: Answer(302, b"", {"Location": moved[heard.path]})) as storage:
        open_session(live.url)
        run = runflow_nb.generate("an owl", num_images=2, **QUICK)
        assert [heard.path for heard in storage.heard] == ["/moved/0", "/moved/1"]
        assert not [heard for heard in storage.heard if "authorization" in heard.headers or KEY in str(heard)]
    assert live.storage.book.keys_at_links == 0
    assert len(run.images) == 2


def test_a_server_that_repeats_the_key_brings_it_into_no_message_and_no_record(
    live: Live, open_session: OpenSession, tmp_path: Path
) -> None:
    open_session(live.url)
    for prompt, kind in (("refuse this", KeyRefused), ("object to this", RequestRefused)):
        with pytest.raises(kind) as raised:
            runflow_nb.generate(prompt)
        error: BaseException | None = raised.value
        while error is not None:
            assert KEY not in f"{error!r} {error} {error.args} {vars(error)}"
            error = error.__cause__ or error.__context__
        assert "(key)" in str(raised.value)
    assert KEY.encode() not in files_of(tmp_path)


def test_a_key_given_in_a_call_is_kept_in_memory_only(
    live: Live, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("RUNFLOW_API_KEY")
    session = open_session(live.url)
    with pytest.raises(NotConnected):
        runflow_nb.generate("an owl", **QUICK)
    runflow_nb.connect(live.url, api_key=f" {KEY}\n")
    run = runflow_nb.generate("an owl", **QUICK)
    assert isinstance(run, Run)
    assert live.bearers() == {f"Bearer {KEY}"}
    assert KEY not in f"{dict(os.environ)} {settings.configured} {vars(calls)} {vars(session)} {session.settings()}"
    assert KEY.encode() not in files_of(tmp_path)


def test_a_key_is_kept_in_the_keyring_only_when_asked(
    live: Live, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import keyring
    from keyring.backend import KeyringBackend

    kept: dict[tuple[str, str], str] = {}

    class Memory(KeyringBackend):
        priority = 1

        def set_password(self, service: str, username: str, password: str) -> None:
            kept[service, username] = password

        def get_password(self, service: str, username: str) -> str | None:
            return kept.get((service, username))

    monkeypatch.delenv("RUNFLOW_API_KEY")
    before = keyring.get_keyring()
    keyring.set_keyring(Memory())
    try:
        open_session(live.url)
        runflow_nb.connect(live.url, api_key=KEY)
        assert kept == {}
        runflow_nb.connect(live.url, api_key=KEY, keyring=True)
        assert list(kept.values()) == [KEY]
        open_session(live.url)
        runflow_nb.connect(live.url, keyring=True)
        runflow_nb.generate("an owl", **QUICK)
    finally:
        keyring.set_keyring(before)
    assert live.bearers() == {f"Bearer {KEY}"}
    assert KEY.encode() not in files_of(tmp_path)


def test_what_holds_a_key_is_not_pickled(live: Live, open_session: OpenSession) -> None:
    session: Session = open_session(live.url)
    for thing in (Secret(KEY), session.settings()):
        with pytest.raises(TypeError, match="a secret is not pickled"):
            pickle.dumps(thing)


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: read_arguments("connect", SUBCOMMANDS["connect"], f"live {KEY}"),
        lambda: read_arguments("connect", SUBCOMMANDS["connect"], f'live "{KEY}'),
        lambda: ask(take_apart(f"--key={KEY} a fox", None), {}),
        lambda: ask(take_apart(f"-a {KEY} a fox", None), {}),
        lambda: runflow_nb.generate("a fox", images=[KEY], resolution=KEY),
        lambda: runflow_nb.generate("a fox", model=KEY),
        lambda: runflow_nb.generate("a fox", max_cost=KEY),
        lambda: runflow_nb.generate("a fox", take=KEY),
        lambda: runflow_nb.connect(KEY),
    ],
)
def test_a_key_typed_in_the_wrong_place_is_not_repeated(mistake: Callable[[], object]) -> None:
    """What a message says stays in the notebook when the cell that held the key is gone."""
    with pytest.raises(RunflowError) as told:
        mistake()
    assert KEY not in str(told.value)
