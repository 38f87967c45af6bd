"""The table of callbacks and what the pages say beside it, on the bytes that come and as the client reads them."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from runflow_nb import callbacks
from runflow_nb.errors import InvalidSignature
from tests.contract.endings import FATES, SENT, Told
from tests.contract.marked import marked
from tests.contract.pages import CALLBACK, ENDS
from tests.contract.service import Made, Service

MEMBERS = [marked("server", f"callback/{name}", name) for name in CALLBACK]
READ = [marked("client", f"callback/{name}", name) for name in CALLBACK]


@pytest.mark.parametrize("event", FATES)
@pytest.mark.parametrize("name", MEMBERS)
def test_every_member_is_there_in_its_type(endings: dict[str, Told], event: str, name: str) -> None:
    run, _, payload = endings[event]
    assert list(payload) == list(CALLBACK)
    assert isinstance(payload[name], CALLBACK[name])
    expected: dict[str, Any] = {
        "event": event,
        "run_id": run["id"],
        "status": ENDS[event],
        "metadata": SENT,
        "duration_ms": run["duration_ms"],
    }
    if name in expected:
        assert payload[name] == expected[name]
    elif name == "output":
        assert (payload[name] is None) is (event != "run.completed")
        if payload[name]:
            assert payload[name].keys() == run["output"].keys()
    else:
        assert datetime.fromisoformat(payload[name]) == datetime.fromisoformat(run[name])


@pytest.mark.parametrize("event", FATES)
@pytest.mark.parametrize("name", READ)
def test_the_client_reads_every_member(endings: dict[str, Told], event: str, name: str) -> None:
    _, heard, payload = endings[event]
    told = callbacks.parse(heard.body)
    assert isinstance(told, callbacks.RunEvent)
    if name == "output":
        assert [each.url for each in told.outputs] == [
            each["url"] for each in (payload["output"] or {"outputs": []})["outputs"]
        ]
    elif name == "status":
        assert told.status == {"cancelled": "canceled"}.get(payload["status"], payload["status"])
    elif name.endswith("_at"):
        assert getattr(told, name) == datetime.fromisoformat(payload[name])
    else:
        assert getattr(told, name) == payload[name]


@pytest.mark.parametrize("event", FATES)
@pytest.mark.both("callback/headers")
def test_an_id_always_comes_and_a_signature_that_the_client_can_check(endings: dict[str, Told], event: str) -> None:
    run, heard, _ = endings[event]
    assert uuid.UUID(heard.headers["runflow-request-id"])
    callbacks.verify(heard.body, heard.headers["runflow-signature"], [run["secret"]])
    with pytest.raises(InvalidSignature):
        callbacks.verify(heard.body + b" ", heard.headers["runflow-signature"], [run["secret"]])


@pytest.fixture
def made(service: Service) -> Made:
    return service.made("two small")


@pytest.mark.server("callback/sent")
def test_a_post_comes_once_the_run_has_ended(service: Service, made: Made) -> None:
    heard = service.called(made)
    assert (heard.method, heard.headers["content-type"]) == ("POST", "application/json")
    assert json.loads(heard.body)["completed_at"]


@pytest.mark.server("callback/headers")
def test_without_a_secret_there_is_no_signature(service: Service, made: Made) -> None:
    heard = service.called(made)
    assert heard.headers["runflow-request-id"]
    assert "runflow-signature" not in heard.headers
    assert "authorization" not in heard.headers


@pytest.mark.parametrize("name", READ)
def test_the_client_reads_every_member_of_a_success_whatever_is_spoken(service: Service, made: Made, name: str) -> None:
    told = callbacks.parse(service.called(made).body)
    assert isinstance(told, callbacks.RunEvent)
    run = made.run
    assert run.completed_at is not None
    known: dict[str, Any] = {
        "run_id": run.run_id,
        "metadata": run.metadata,
        "duration_ms": None if run.duration is None else round(run.duration * 1000),
    }
    if name in known:
        assert getattr(told, name) == known[name]
    elif name == "event":
        assert told.event.startswith("run.")
    elif name == "status":
        assert told.delivered
    elif name == "output":
        assert len(told.outputs) == len(run.images)
    else:
        assert getattr(told, name).utcoffset() == timedelta(0)
