"""A picture that is too large to travel inside of a request is uploaded once, while its asset lives."""

from __future__ import annotations

import io
import json
import re
import shutil
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import runflow_nb
from runflow_nb import calls
from runflow_nb.api.problem import read_problem
from runflow_nb.engine.purchase import Shipment, names_reference
from runflow_nb.errors import RequestRefused, RunflowError, UploadRefused
from runflow_nb.record.disk import Disk
from runflow_nb.record.forget import forget
from runflow_nb.record.run import Run
from runflow_nb.record.uploads import Uploaded, Uploads
from runflow_nb.sandbox.dialects.choose import read_dialects
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.refusals import EDIT, QUICK
from tests.engine.test_recovery import Skipping
from tests.http_server import Answer, Heard, HttpServer, relay
from tests.sandboxes import running

DECLARE = "POST /v1/asset-uploads"
READ = "GET /v1/assets/{asset_id}"
STEPS = (DECLARE, "PUT /sandbox/uploads/{asset_id}", "POST /v1/asset-uploads/{asset_id}/confirmations")
CREATE = re.compile(r"/v1/models/.+/runs")
REFUSALS = (
    {"code": "VALIDATION_ERROR", "message": "media URLs must be HTTP(S) or data URIs"},
    {"code": "V", "message": "no", "errors": [{"loc": ["body", "input", "image_urls", 0], "msg": "is not known"}]},
    {"code": "V", "message": "Asset not found"},
    {"error": "unsupported scheme in one of the inputs"},
)
"""What APIs may say of a reference."""


@pytest.fixture(scope="module")
def large() -> bytes:
    """A small picture with a chunk of padding: it is quickly looked at."""
    stream = io.BytesIO()
    Image.effect_mandelbrot((60, 40), (-2, -1.5, 1, 1.5), 40).save(stream, "PNG")
    data, padding = stream.getvalue(), b"teSt" + bytes(2**20)
    chunk = (2**20).to_bytes(4, "big") + padding + zlib.crc32(padding).to_bytes(4, "big")
    return data[:-12] + chunk + data[-12:]


@pytest.fixture
def sandbox() -> Iterator[EmbeddedSandbox]:
    with running() as one:
        yield one


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / ".runflow"


def edited(picture: Any, prompt: str = "make it night") -> Run:
    run = runflow_nb.edit(prompt, [picture], model=EDIT, **QUICK)
    assert isinstance(run, Run)
    assert run.status == "succeeded"
    return run


def uploads(sandbox: EmbeddedSandbox) -> tuple[int, ...]:
    """How often each of the three steps was asked for."""
    return tuple(sandbox.book.requests.get(step, 0) for step in STEPS)


def sent(sandbox: EmbeddedSandbox) -> list[str]:
    """The one picture of each create, in their order."""
    return [each.body["input"]["image_urls"][0] for each in sandbox.book.received]


def bought_once(sandbox: EmbeddedSandbox, *runs: Run) -> bool:
    booked = Counter(each.client_ref for each in sandbox.book.runs)
    return booked == Counter(run.id for run in runs) and sandbox.book.billed == sum(run.cost or 0 for run in runs)


def written(store: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in store.rglob("*") if path.is_file() and path.suffix != ".png")


def remembered(store: Path) -> list[dict[str, Any]]:
    (path,) = (store / "uploads").glob("*/*.json")
    told: list[dict[str, Any]] = json.loads(path.read_bytes())["assets"]
    return told


def test_the_same_file_is_uploaded_once_also_by_the_next_process(
    sandbox: EmbeddedSandbox, open_session: OpenSession, store: Path, tmp_path: Path, large: bytes
) -> None:
    (tmp_path / "owl.png").write_bytes(large)
    open_session(sandbox.url)
    runs = [edited(large), edited(tmp_path / "owl.png", "make it day")]
    open_session(sandbox.url)
    runs.append(edited(large, "make it dawn"))
    assert uploads(sandbox) == (1, 1, 1)
    assert sandbox.book.requests[READ] == 2
    assert len(set(sent(sandbox))) == 1
    assert bought_once(sandbox, *runs)
    (one,) = remembered(store)
    assert f"runflow://assets/{one['asset']}" == sent(sandbox)[0]
    assert one["instance"] == sandbox.book.instance
    assert one["org_id"]


def test_nothing_of_signed_links_is_ever_stored(open_session: OpenSession, store: Path, large: bytes) -> None:
    with running(dialects=read_dialects(["no-asset-references"])) as old:
        open_session(old.url, clock=Skipping())
        edited(large)
        assert "signature=" in sent(old)[1]
    assert b"amended" in written(store)
    assert b"signature" not in written(store)


def test_another_sandbox_has_its_own(sandbox: EmbeddedSandbox, open_session: OpenSession, large: bytes) -> None:
    open_session(sandbox.url)
    edited(large)
    with running() as other:
        open_session(other.url)
        edited(large, "make it day")
        assert uploads(other) == (1, 1, 1)
        assert READ not in other.book.requests


def not_a_sandbox(heard: Heard, answer: Any) -> Any:
    return {"status": "ok"} if heard.path == "/v1/health" else answer


def test_another_organisation_and_another_host_have_their_own(
    sandbox: EmbeddedSandbox, open_session: OpenSession, store: Path, monkeypatch: pytest.MonkeyPatch, large: bytes
) -> None:
    with HttpServer(relay(sandbox.url, not_a_sandbox)) as proxy, HttpServer(relay(sandbox.url, not_a_sandbox)) as host:
        for number, key in enumerate(("one", "another", "one", "another")):
            monkeypatch.setenv("RUNFLOW_API_KEY", f"rf_live_{key}_9ZsD4vTnB6wLm")
            open_session(proxy.url)
            edited(large, f"make it night {number}")
        assert uploads(sandbox) == (2, 2, 2)
        assert len({one["org_id"] for one in remembered(store)}) == 2
        open_session(host.url)
        edited(large, "make it day")
        assert uploads(sandbox) == (3, 3, 3)
    assert len(sandbox.book.runs) == 5


def test_once_the_organisation_is_known_no_other_ones_asset_is_asked_for(
    sandbox: EmbeddedSandbox, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch, large: bytes
) -> None:
    with HttpServer(relay(sandbox.url, not_a_sandbox)) as proxy:
        for key in ("one", "another"):
            monkeypatch.setenv("RUNFLOW_API_KEY", f"rf_live_{key}_9ZsD4vTnB6wLm")
            open_session(proxy.url)
            runflow_nb.generate(f"{key} owl", **QUICK)
            edited(large, f"make it {key}")
        assert uploads(sandbox) == (2, 2, 2)
        assert READ not in sandbox.book.requests


def test_several_cells_at_once_upload_it_once(
    sandbox: EmbeddedSandbox, open_session: OpenSession, large: bytes
) -> None:
    open_session(sandbox.url)
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda number: edited(large, f"make it night {number}"), range(8)))
    assert uploads(sandbox) == (1, 1, 1)
    assert bought_once(sandbox, *runs)


def test_several_cells_at_once_are_each_told_why_it_was_refused(open_session: OpenSession, large: bytes) -> None:
    with running(faults="declare: delay=0.3s; declare: 422") as sandbox:
        open_session(sandbox.url)

        def refused(number: int) -> RunflowError:
            with pytest.raises(UploadRefused, match="Nothing was billed") as raised:
                edited(large, f"make it night {number}")
            return raised.value

        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(refused, range(4)))
        assert len({id(each) for each in told}) == 4
        assert sandbox.book.runs == ()


@pytest.mark.parametrize("asset", ["404", "503 first 5", "missing=id first 5"])
def test_an_asset_that_the_api_does_not_tell_of_is_uploaded_anew(
    asset: str, open_session: OpenSession, large: bytes
) -> None:
    with running(faults=f"asset: {asset}") as sandbox:
        open_session(sandbox.url, clock=Skipping())
        runs = [edited(large), edited(large, "make it day")]
        assert uploads(sandbox) == (2, 2, 2)
        assert len(set(sent(sandbox))) == 2
        assert bought_once(sandbox, *runs)


class Refusing:
    """Refuses creates that hold a reference, and may know nothing of assets any more from then on."""

    def __init__(self, sandbox: EmbeddedSandbox, refusal: Any, *, lost: bool = False, always: bool = False) -> None:
        self.creates: list[str] = []
        self._onward = relay(sandbox.url)
        self._refusal, self._lost, self._always = refusal, lost, always

    def __call__(self, heard: Heard) -> Answer:
        if heard.method == "POST" and CREATE.fullmatch(heard.path):
            (url,) = json.loads(heard.body)["input"]["image_urls"]
            self.creates.append(url)
            if self._always or url.startswith("runflow://"):
                return Answer(422, json.dumps(self._refusal).encode())
        if self._lost and self.creates and heard.method == "GET" and self.creates[0][len("runflow:/") :] in heard.path:
            return Answer(404, b'{"code": "ASSET_NOT_FOUND", "message": "no such asset"}')
        return self._onward(heard)


@pytest.fixture
def through(open_session: OpenSession) -> Iterator[Callable[[Refusing], HttpServer]]:
    """A session whose requests pass through this."""
    servers: list[HttpServer] = []

    def open_(answering: Refusing) -> HttpServer:
        servers.append(HttpServer(answering).__enter__())
        open_session(servers[-1].url, clock=Skipping())
        return servers[-1]

    yield open_
    for server in servers:
        server.__exit__(None, None, None)


@pytest.mark.parametrize(("refusal", "lost"), [(REFUSALS[0], False), (REFUSALS[1], False), (REFUSALS[2], True)])
def test_a_refused_reference_is_sent_once_more_as_a_link(
    refusal: Any, lost: bool, sandbox: EmbeddedSandbox, through: Callable[[Refusing], Any], large: bytes
) -> None:
    """An asset that is not known any more is uploaded anew for it."""
    answering = Refusing(sandbox, refusal, lost=lost)
    through(answering)
    run = edited(large)
    first, second = answering.creates
    assert first.startswith("runflow://assets/")
    assert second.startswith(f"{sandbox.url}/sandbox/assets/")
    assert (first.rpartition("/")[2] in second) is not lost
    assert uploads(sandbox) == ((2, 2, 2) if lost else (1, 1, 1))
    assert bought_once(sandbox, run)


def test_a_link_that_is_refused_too_is_the_end_of_it(
    sandbox: EmbeddedSandbox, through: Callable[[Refusing], Any], large: bytes
) -> None:
    answering = Refusing(sandbox, REFUSALS[0], always=True)
    through(answering)
    with pytest.raises(RequestRefused, match="Nothing was billed"):
        edited(large)
    assert len(answering.creates) == 2
    assert sandbox.book.runs == ()
    assert [run.status for run in runflow_nb.history(all=True)] == ["void"]


def shipment(**given: Any) -> Shipment:
    reference = "runflow://assets/0198f2a6-1111-7222-8333-444455556666"
    return Shipment(EDIT, {"input": {"prompt": "url", "image_urls": [reference], **given}}, "key", None, False, False)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_is_about_the_reference_in_whatever_words(refusal: Any) -> None:
    problem = read_problem(422, json.dumps(refusal).encode())
    refused = RequestRefused(422, problem.code, problem.message, problem.fields)
    assert names_reference(shipment(), refused)


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("the prompt is against our security policy on curls", ""),
        ("no", "input.prompt"),
        ("no", "input.image_count"),
        ("Request validation failed", ""),
    ],
)
def test_a_refusal_of_something_else_is_not(message: str, field: str) -> None:
    assert not names_reference(shipment(), RequestRefused(422, "V", message, [(field, "is bad")] if field else []))
    picture = RequestRefused(422, "V", "no", [("input.image_urls.0", "is bad")])
    assert names_reference(shipment(), picture)
    assert not names_reference(shipment(image_urls=["data:image/png;base64,AAAA"]), picture)


def test_an_api_that_refuses_references_gets_the_file_once_too(open_session: OpenSession, large: bytes) -> None:
    with running(dialects=read_dialects(["no-asset-references"])) as old:
        open_session(old.url, clock=Skipping())
        runs = [edited(large), edited(large, "make it day")]
        assert uploads(old) == (1, 1, 1)
        assert [url.startswith("runflow://") for url in sent(old)] == [True, False, True, False]
        assert bought_once(old, *runs)


def test_a_reference_that_a_person_gives_is_sent_as_a_link_where_it_must(
    open_session: OpenSession, large: bytes
) -> None:
    with running(dialects=read_dialects(["no-asset-references"])) as old:
        open_session(old.url, clock=Skipping())
        edited(large)
        reference = sent(old)[0]
        run = edited(reference, "make it day")
        assert [url.startswith("runflow://") for url in sent(old)] == [True, False, True, False]
        assert run.pictures[0]["sent"] == reference
        with pytest.raises(RequestRefused, match="Nothing was billed"):
            edited(reference[:-4] + "0000", "make it dawn")
        assert len(old.book.runs) == 2


def test_a_store_that_cannot_remember_it_still_works(
    sandbox: EmbeddedSandbox, open_session: OpenSession, store: Path, large: bytes
) -> None:
    store.mkdir()
    (store / "uploads").write_text("in the way")
    open_session(sandbox.url)
    runs = [edited(large), edited(large, "make it day")]
    assert uploads(sandbox) == (2, 2, 2)
    shutil.rmtree(store)
    runs += [edited(large, "make it dawn"), edited(large, "make it noon")]
    assert uploads(sandbox) == (3, 3, 3)
    assert bought_once(sandbox, *runs)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"schema": 1, "assets": [{"asset": 7}]}', b'{"schema": 9}'])
def test_a_memory_that_is_damaged_counts_as_none(damage: bytes, tmp_path: Path) -> None:
    memory, one = Uploads(tmp_path, Disk()), Uploaded("a-1", "org", None)
    memory.keep("ab" * 32, "live", one)
    assert memory.find("ab" * 32, "live") == (one,)
    (path,) = memory.paths(["ab" * 32])
    path.write_bytes(damage)
    assert memory.find("ab" * 32, "live") == ()
    memory.keep("ab" * 32, "live", one)
    assert memory.find("ab" * 32, "live") == (one,)


def test_one_asset_is_remembered_for_each_organisation_and_those_of_one_sandbox(tmp_path: Path) -> None:
    memory = Uploads(tmp_path, Disk())
    for name, org in (("a-1", "one"), ("a-2", "another"), ("a-3", "one")):
        memory.keep("ab" * 32, "live", Uploaded(name, org, None))
    assert [each.asset for each in memory.find("ab" * 32, "live")] == ["a-3", "a-2"]
    for name in ("first", "second"):
        memory.keep("ab" * 32, "sandbox", Uploaded(f"of-{name}", f"org of {name}", name))
    assert [each.asset for each in memory.find("ab" * 32, "sandbox")] == ["of-second"]
    assert memory.find("ab" * 32, "elsewhere.example:8443") == ()


def test_a_forgotten_picture_is_forgotten_here_too(
    sandbox: EmbeddedSandbox, open_session: OpenSession, store: Path, large: bytes
) -> None:
    open_session(sandbox.url)
    runs = [edited(large), edited(large, "make it day")]
    forget(calls.current_store(), runs[0].id)
    assert len(remembered(store)) == 1
    forget(calls.current_store(), runs[1].id)
    assert not list((store / "uploads").glob("*/*.json"))
