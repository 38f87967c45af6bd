"""Every word that says where something goes wrong, and the addresses that it means."""

from __future__ import annotations

import re

import pytest
from starlette.routing import Route

from runflow_nb.sandbox.app import ROUTES
from runflow_nb.sandbox.faults.words import WHERE

from ..sandboxes import running
from .conftest import NANO_2, Caller, caller

RUN = "/v1/runs/RUN"
SENT = "/v1/webhooks/HOOK/deliveries"
PLACES = {
    "create": [f"POST /v1/models/{NANO_2}/runs"],
    "read": [f"GET {RUN}"],
    "search": ["GET /v1/runs"],
    "statuses": ["GET /v1/runs/statuses"],
    "logs": [f"GET {RUN}/logs", f"GET {RUN}/logs/LOG", f"GET {RUN}/node-runs"],
    "cancel": ["POST /v1/admin/runs/RUN/cancellation"],
    "callback": [f"GET {RUN}/callback", f"POST {RUN}/callback-redeliveries"],
    "secrets": ["POST /v1/callback-secrets", "GET /v1/callback-secrets", "DELETE /v1/callback-secrets/ID"],
    "webhooks": [
        "GET /v1/webhooks", "POST /v1/webhooks", "GET /v1/webhooks/HOOK", "PATCH /v1/webhooks/HOOK",
        "DELETE /v1/webhooks/HOOK", "GET /v1/webhooks/event-types", "GET /v1/webhooks/event-types/run.failed",
        f"GET {SENT}", f"GET {SENT}/ID", f"GET {SENT}/ID/attempts", f"GET {SENT}/ID/attempts/ID",
    ],
    "batches": [
        f"POST /v1/models/{NANO_2}/batches", "GET /v1/batches/ID", "GET /v1/batches/ID/items",
        "GET /v1/batches/ID/items/ID",
    ],
    "declare": ["POST /v1/asset-uploads"],
    "put": ["PUT /sandbox/uploads/ID"],
    "confirm": ["POST /v1/asset-uploads/ID/confirmations"],
    "asset": ["GET /v1/assets/ID", "GET /v1/assets/types"],
    "download": ["GET /sandbox/assets/ID", "GET /sandbox/outputs/RUN/1.png"],
    "balance": ["GET /v1/billing/balance", "PATCH /v1/billing/balance", "GET /v1/credit-balances"],
    "me": ["GET /v1/auth/me"],
    "models": [
        "GET /v1/models", "GET /v1/public/models", f"GET /v1/models/{NANO_2}", f"GET /v1/models/{NANO_2}/inputs/ID",
        f"GET /v1/models/{NANO_2}/examples/ID", "GET /v1/model-creators", "GET /v1/model-creators/ID",
    ],
    "health": ["GET /v1/health", "GET /v1/readiness"],
}  # fmt: skip
NOWHERE = {"GET /sandbox/book", "GET /v1/models/{model_id:path}/runs"}
"""What no fault touches: the book, and an address that is none."""


def ask(call: Caller, place: str) -> int:
    method, _, path = place.partition(" ")
    return call.request(method, path).status_code


@pytest.mark.parametrize("word", WHERE)
def test_a_word_means_each_of_its_addresses_and_no_other(word: str) -> None:
    with running(faults=f"{word}: 504") as sandbox, caller(sandbox) as call:
        for each, places in PLACES.items():
            hit = [place for place in places if ask(call, place) == 504]
            assert hit == (places if each == word else []), each


def test_every_address_has_a_word() -> None:
    told = {place for places in PLACES.values() for place in places}
    for route in ROUTES:
        assert any(_is_at(route, place) for place in told) != (route.name in NOWHERE), route.name


def _is_at(route: Route, place: str) -> bool:
    method, _, path = place.partition(" ")
    return route.name.startswith(f"{method} ") and re.fullmatch(route.path_regex, path) is not None


@pytest.mark.parametrize("fault", ["html", "garbage", "empty", "truncated", "wrong-types"])
def test_an_answer_without_a_body_has_nothing_to_be_spoilt(fault: str, capfd: pytest.CaptureFixture[str]) -> None:
    with running(faults=f"secrets: {fault} after 1") as sandbox, caller(sandbox) as call:
        made = call.post("/v1/callback-secrets", json={}).json()
        answer = call.delete(f"/v1/callback-secrets/{made['id']}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert [each.acted for each in sandbox.book.faults] == [0]
    assert capfd.readouterr().err == ""
