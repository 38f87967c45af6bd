"""An API that does not take a reference to an asset is sent a signed link instead, once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import runflow_nb
from runflow_nb.api.problem import read_problem
from runflow_nb.engine.purchase import Shipment, names_reference
from runflow_nb.errors import RequestRefused
from runflow_nb.sandbox.dialects.choose import read_dialects
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.refusals import EDIT
from tests.engine.test_recovery import Skipping
from tests.http_server import Answer, Heard, HttpServer, relay
from tests.sandboxes import running

from .made import bought_once, edited, sent, uploads

CREATE = re.compile(r"/v1/models/.+/runs")
REFUSALS = (
    {"code": "VALIDATION_ERROR", "message": "media URLs must be HTTP(S) or data URIs"},
    {"code": "V", "message": "no", "errors": [{"loc": ["body", "input", "image_urls", 0], "msg": "is not known"}]},
    {"code": "V", "message": "Asset not found"},
    {"error": "unsupported scheme in one of the inputs"},
)
"""What APIs may say of a reference."""


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
