"""Whatever the server answers: a typed error or the true pictures, never two purchases, and nothing lost.

The answers are made by hypothesis from the contract's shapes and their damage. The server is real, and so is the
engine; only its waits take no time. Each request is made twice: through the damage, and once the server is well again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings

import runflow_nb
from runflow_nb import calls
from runflow_nb.errors import RunFailed, RunflowError
from runflow_nb.record.run import Run
from runflow_nb.secret import Secret
from tests.conftest import OpenSession
from tests.engine.test_recovery import Skipping

from .answers import BODIES, DROP, KEY, PLANS, Damage, Edit
from .answers_server import AnswersServer, Case, picture

pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # a long example is told anyway

QUICK = {"resolution": "0.5K", "output_format": "png"}
HANGS = 20.0
"""Seconds after which a request hangs: no wait of the engine takes any."""
MANY = 4_200
"""Examples of the long form: some 10,000 damaged answers."""


class OnlyHere(httpx.AsyncHTTPTransport):
    """The real network of this machine, of which all other hosts are out of reach. Remembers who was asked."""

    def __init__(self, server: AnswersServer) -> None:
        super().__init__()
        self._here = {urlsplit(server.url).netloc, urlsplit(server.storage).netloc}
        self._api = urlsplit(server.url).netloc
        self.wrong: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        netloc = request.url.netloc.decode()
        if netloc != self._api and any(KEY in value for value in request.headers.values()):
            self.wrong.append(f"the key went to {request.url}")
        if netloc in self._here:
            return await super().handle_async_request(request)
        if request.url.scheme != "https" and request.url.host not in ("127.0.0.1", "localhost", "::1"):
            self.wrong.append(f"asked {request.url}")
        raise httpx.ConnectError("out of reach")


class Proof:
    """One engine over one store, and what must hold after each request."""

    def __init__(self, server: AnswersServer, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("RUNFLOW_NB_BUDGET", "1000000000000")
        self._server = server
        self._read = 0
        self._other_files = False
        self.examples = 0
        self.ends: dict[str, int] = {}
        self._transport = OnlyHere(server)
        self._session = open_session(server.url, clock=Skipping(), transport=self._transport)
        self._session.use_key(Secret(KEY))

    def _connect_anew(self) -> None:
        """The next request asks for the server's health first."""
        self._session.loop.run(self._session.engine(self._session.settings()).connection.close())

    def example(self, plans: dict[str, list[Damage]]) -> None:
        self.examples += 1
        health = plans.pop("health", [])
        case = self._server.case(plans)
        if health:
            self._connect_anew()
            self._server.health.extend(health)
        first = self._outcome(case)
        self._server.health.clear()
        case.plans.clear()
        second = self._outcome(case)
        served = [damage for plan in plans.values() for damage in plan]
        # Storage that changes a file and leaves its beginning and its end delivers another picture.
        self._other_files = any(damage.body[0] != "as it is" for damage in plans.get("download", ()))
        self._judge(case, first, second, served)

    def _outcome(self, case: Case) -> Run | RunflowError:
        try:
            end: Run | RunflowError = runflow_nb.generate(case.prompt, background=True, yes=True, **QUICK).wait(HANGS)
        except RunflowError as error:
            end = error
        name = type(end).__name__
        self.ends[name] = self.ends.get(name, 0) + 1
        return end

    def _judge(self, case: Case, first: object, second: object, served: list[Damage]) -> None:
        failed = sum(isinstance(end, RunFailed) for end in (first, second))
        assert len(case.accepted) <= 1 + failed, f"bought {len(case.accepted)} times: {case.keys}"
        if failed:
            assert any(damage.failed for damage in served)
        for end in (first, second):
            assert KEY not in f"{end} {end!r}"
            if isinstance(end, Run):
                self._check_run(case, end, self._other_files or any(damage.lies for damage in served))
        if case.accepted and not failed and not any(damage.lies for damage in served):
            assert isinstance(second, Run), f"lost: {second!r}"
        wrong = [*self._transport.wrong, *self._server.told_key]
        self._transport.wrong.clear()
        self._server.told_key.clear()
        assert not wrong
        self._check_journal()

    def _check_run(self, case: Case, run: Run, lied: bool) -> None:
        assert case.accepted, "a picture of which the server knows nothing"
        assert run.images
        for image in run.images:
            assert hashlib.sha256(image.path.read_bytes()).hexdigest() == image.sha256
            assert lied or image.bytes == picture(case.number)

    def _check_journal(self) -> None:
        store = calls.current_store()
        assert store.index.damaged_lines == 0
        if store.journal.path.exists():
            with store.journal.path.open("rb") as stream:
                stream.seek(self._read)
                new = stream.read()
            self._read += len(new)
            assert KEY.encode() not in new


@contextmanager
def proof(open_session: OpenSession, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Proof, AnswersServer]]:
    with AnswersServer() as server:
        proving = Proof(server, open_session, monkeypatch)
        proving.example({})  # from here on a search is proven
        yield proving, server


def run_examples(proving: Proof, count: int, *, derandomize: bool) -> None:
    @settings(
        max_examples=count,
        derandomize=derandomize,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
    )
    @given(plans=PLANS)
    def every(plans: dict[str, list[Damage]]) -> None:
        proving.example(dict(plans))

    every()


def no_key_in(store: Path) -> None:
    for path in store.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path


def odd(*path: str | int, value: object) -> Damage:
    return Damage(edits=(Edit(path, value),))


LOST = Damage(frame=("no answer", lambda _: b""))
SPELT = Damage(body=next(each for each in BODIES if each[0] == "the key, spelt out"), status=400)
KNOWN: dict[str, dict[str, list[Damage]]] = {
    "a key that is spelt out": {"create": [SPELT]},
    "a link whose host is no name": {"read": [odd("output", "outputs", 0, "url", value="https://xn--a/x.png")] * 3},
    "no links, and then no run": {"read": [odd("output", "outputs", value=DROP), Damage(status=404)]},
    "an id that no address holds": {"create": [odd("id", value="x" * 70_000)]},
    "searches that say nothing": {"create": [LOST], "search": [Damage(status=502)] * 30},
    "a label that is none": {"create": [LOST], "search": [odd("items", 0, "client_ref", value=None)] * 30},
    "a cost without end": {"read": [odd("cost", value=10**400)]},
}
"""Answers that were misread once, or that only one guard keeps from being."""


def test_answers_that_only_one_guard_keeps_from_being_misread(
    open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proof(open_session, monkeypatch) as (proving, _):
        for name, plans in KNOWN.items():
            try:
                proving.example({endpoint: list(plan) for endpoint, plan in plans.items()})
            except BaseException as reason:
                reason.add_note(name)
                raise


def test_some_hundred_answers_find_a_typed_error_or_the_true_picture(
    open_session: OpenSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with proof(open_session, monkeypatch) as (proving, server):
        run_examples(proving, 150, derandomize=True)
        assert server.served > 200
        no_key_in(tmp_path / ".runflow")


@pytest.mark.thorough
@pytest.mark.timeout(900)
def test_ten_thousand_answers_find_a_typed_error_or_the_true_picture(
    open_session: OpenSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with proof(open_session, monkeypatch) as (proving, server):
        try:
            run_examples(proving, MANY, derandomize=False)
        finally:
            ends = ", ".join(f"{name} {count}" for name, count in sorted(proving.ends.items()))
            print(f"\nevery answer: {server.served} damaged answers in {proving.examples} requests; {ends}")
        no_key_in(tmp_path / ".runflow")
        assert server.served >= 10_000
