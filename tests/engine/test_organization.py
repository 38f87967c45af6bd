"""The setting `organization`: told to the API with every call, to no other host, and named where it is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import runflow_nb
from runflow_nb import calls, settings
from runflow_nb.engine.standing import ask_standing
from runflow_nb.errors import AccessDenied
from runflow_nb.sandbox.accounts.caller import shared
from runflow_nb.sandbox.accounts.switches import AccountSwitches
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.http_server import Heard, HttpServer, relay
from tests.sandboxes import running

FOXES = shared("foxes")
QUICK = {"resolution": "0.5K", "output_format": "jpeg"}
LARGE = np.random.default_rng(0).integers(0, 256, (700, 700, 3), dtype="uint8")
"""As a PNG more than 1 MiB, so that it is uploaded."""


@pytest.fixture
def den() -> Iterator[EmbeddedSandbox]:
    """A sandbox whose keys belong to the foxes too."""
    with running(accounts=AccountSwitches(organizations=("foxes",))) as sandbox:
        yield sandbox


def choose(organization: str) -> None:
    settings.configured["organization"] = organization


def test_every_call_names_it_and_no_other_host_hears_of_it(
    den: EmbeddedSandbox, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real API: no sandbox by its own word, its files on another port."""
    monkeypatch.setenv("RUNFLOW_API_KEY", "rf_live_nobodys")

    def elsewhere(heard: Heard, answer: Any) -> Any:
        if heard.path == "/v1/health":
            return {"status": "ok"}
        return json.loads(json.dumps(answer).replace(den.url, storage.url))

    with HttpServer(relay(den.url)) as storage, HttpServer(relay(den.url, elsewhere)) as api:
        session = open_session(api.url)
        choose(FOXES)
        runflow_nb.edit("add a hat", images=[LARGE], **QUICK)
        connection = session.engine(session.settings()).connection
        assert session.loop.run(ask_standing(connection)).organizations == ("Sandbox", "Foxes")
        asked = {f"{heard.method} {heard.path.partition('?')[0]}" for heard in api.heard}
        fetched = {heard.method for heard in storage.heard}
        told = {heard.headers.get("x-organization-id") for heard in api.heard}
        leaked = {"authorization", "x-organization-id"} & {name for heard in storage.heard for name in heard.headers}
    assert {"POST /v1/asset-uploads", "GET /v1/auth/me", "GET /v1/billing/balance", "GET /v1/health"} < asked
    assert told == {FOXES}
    assert fetched == {"PUT", "GET"}
    assert not leaked
    assert [run.org_id for run in den.book.runs] == [FOXES]


def test_another_organisation_is_another_connection(den: EmbeddedSandbox, open_session: OpenSession) -> None:
    session = open_session(den.url)
    choose(FOXES)
    runflow_nb.generate("an owl", **QUICK)
    choose("")
    runflow_nb.generate("a fox", **QUICK)
    assert [run.org_id == FOXES for run in den.book.runs] == [True, False]
    assert session.settings().organization is None


def test_one_that_the_key_does_not_belong_to_is_refused_by_the_name_of_the_setting(
    den: EmbeddedSandbox, open_session: OpenSession
) -> None:
    open_session(den.url)
    choose(shared("owls"))
    with pytest.raises(AccessDenied, match="The setting organization must be the id of one") as denied:
        runflow_nb.generate("an owl", **QUICK)
    assert "%runflow config organization=" in str(denied.value)
    assert den.book.runs == ()
    assert [run.status for run in calls.history()] == ["void"]
