"""Whatever side of a disagreement a service takes: refusals, accounts, assets, searches and callbacks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

import runflow_nb
from runflow_nb import callbacks
from runflow_nb.api.account import read_balance
from runflow_nb.errors import InsufficientCredit
from runflow_nb.sandbox.callbacks.switches import CallbackSwitches
from runflow_nb.sandbox.dialects.table import ALL
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.contract.planned import large_picture
from tests.contract.speaking import MODEL, OWL, WHY, read_again, row, speaking, web
from tests.engine.test_recovery import Skipping
from tests.http_server import Answer, Heard, HttpServer
from tests.sandbox.told import wait_until
from tests.sandboxes import running

pytestmark = pytest.mark.usefixtures("painted_once")


@pytest.fixture(scope="module")
def plain() -> Iterator[EmbeddedSandbox]:
    with running() as sandbox:
        yield sandbox


ENVELOPES: dict[str, Callable[[Any], bool]] = {
    "error-nested": lambda body: body["error"]["code"] == "INSUFFICIENT_CREDIT" and "code" not in body,
    "error-text": lambda body: body == {"error": "the credit balance is too low for this run"},
}


@pytest.mark.parametrize("dialect", row("both", *ENVELOPES))
def test_a_refusal_is_told_in_the_words_of_the_server_whatever_they_are_wrapped_in(
    dialect: str, open_session: OpenSession
) -> None:
    with speaking(dialect, balance=0, faults="read: 404") as sandbox, web(sandbox) as http:
        open_session(sandbox.url, clock=Skipping())
        with pytest.raises(InsufficientCredit, match="the credit balance is too low for this run") as refusal:
            runflow_nb.generate("an owl", **OWL)
        assert refusal.value.code == ("INSUFFICIENT_CREDIT" if dialect == "error-nested" else "")
        body = http.post(f"/v1/models/{MODEL}/runs", json={"input": {"prompt": "an owl"}}).json()
        assert ENVELOPES[dialect](body), body
        # Also what the fault plan and the table of addresses refuse.
        for path in ("/v1/runs/1", "/v1/nowhere"):
            assert http.get(path).json().keys() <= {"error", "errors"}


@pytest.mark.server("14/rate-limit-headers", dialect="rate-limit-headers")
def test_with_rate_limit_headers_comes_a_number_to_wait_for() -> None:
    with speaking("rate-limit-headers", faults="me: 429") as sandbox, web(sandbox) as http:
        answer = http.get("/v1/auth/me")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        assert "retry-after" not in http.get("/v1/billing/balance").headers


@pytest.mark.both("14/idempotency", dialect="no-idempotency")
def test_without_idempotency_a_create_whose_answer_is_lost_is_searched_for(open_session: OpenSession) -> None:
    with speaking("no-idempotency", faults="create: drop-after-accept 1st") as sandbox, web(sandbox) as http:
        open_session(sandbox.url, clock=Skipping())
        run = runflow_nb.generate("an owl", **OWL)
        (received,) = sandbox.book.received
        assert [(each.id, each.client_ref) for each in sandbox.book.runs] == [(run.run_id, run.id)]
        again = {"Idempotency-Key": received.idempotency_key or ""}
        twin = http.post(f"/v1/models/{MODEL}/runs", json=received.body, headers=again).json()
        assert twin["id"] != run.run_id


@pytest.mark.parametrize("dialect", row("both", "filter-eq", "filter-colon"))
def test_a_lost_create_is_found_in_whichever_syntax_is_read(dialect: str, open_session: OpenSession) -> None:
    others = {"filter-eq": "client_ref:a", "filter-colon": "client_ref.EQ:'a'"}
    with speaking(dialect, faults="create: drop-after-accept 1st") as sandbox, web(sandbox) as http:
        assert http.get("/v1/runs", params={"q": others[dialect]}).status_code == 422
        open_session(sandbox.url, clock=Skipping())
        run = runflow_nb.generate("an owl", **OWL)
        assert [(each.id, each.client_ref) for each in sandbox.book.runs] == [(run.run_id, run.id)]
        assert len(sandbox.book.received) == 1


@pytest.mark.both("14/balance", dialect="balance-cents")
def test_a_balance_in_cents_is_the_same_money() -> None:
    with speaking("balance-cents", balance=Decimal("9.925")) as sandbox, web(sandbox) as http:
        answer = http.get("/v1/billing/balance")
        assert answer.json() == {"balance_cents": 992, "currency": "USD"}
        assert read_balance(answer.json()).amount == Decimal("9.92")
        assert read_balance(http.get("/v1/credit-balances").json()).amount == Decimal("9.925")


@pytest.mark.both("14/asset-references", dialect="no-asset-references")
def test_where_references_are_refused_the_signed_link_is_sent_once(open_session: OpenSession) -> None:
    with speaking("no-asset-references") as sandbox:
        open_session(sandbox.url, clock=Skipping())
        run = runflow_nb.edit("as a drawing", large_picture(), model="google/nano-banana-2/edit", **OWL)
        first, second = sandbox.book.received
        assert (first.status, second.status) == (422, 201)
        assert first.body["input"]["image_urls"][0].startswith("runflow://assets/")
        assert second.body["input"]["image_urls"][0].startswith(sandbox.url)
        assert (run.status, run.cost) == ("succeeded", sandbox.book.billed)


@pytest.mark.parametrize("dialect", row("both", "health-ok", "health-status"))
def test_health_is_a_200_whatever_it_says(dialect: str, open_session: OpenSession) -> None:
    with speaking(dialect) as sandbox, web(sandbox) as http:
        told = http.get("/v1/health").json()
        assert {"ok", "status"} & told.keys() == {dialect.removeprefix("health-")}
        assert http.get("/v1/readiness").json()["status"] == "ok"
        open_session(sandbox.url, clock=Skipping())
        assert runflow_nb.generate("an owl", **OWL).origin == "sandbox"


@pytest.mark.server("14/safety-tolerance", dialect="safety-text")
def test_a_safety_tolerance_that_has_to_be_a_text_is_refused_as_a_number() -> None:
    with speaking("safety-text") as sandbox, web(sandbox) as http:
        body = {"input": {"prompt": "an owl", "safety_tolerance": 4}}
        answer = http.post(f"/v1/models/{MODEL}/runs", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["loc"] == ["body", "input", "safety_tolerance"]


@pytest.mark.server("14/asset-link-lifetime", dialect="asset-links-week")
def test_links_to_assets_may_last_a_week(plain: EmbeddedSandbox) -> None:
    def lifetime(sandbox: EmbeddedSandbox) -> float:
        with web(sandbox) as http:
            declared = {"filename": "a.png", "mime_type": "image/png", "size_bytes": 3}
            place = http.post("/v1/asset-uploads", json=declared).json()
            httpx.put(place["upload_url"], content=b"png", headers={"Content-Type": "image/png"}, trust_env=False)
            asset = http.post(f"/v1/asset-uploads/{place['asset_id']}/confirmations", json={}).json()
            expires = float(httpx.URL(asset["url"]).params["expires"])
            return expires - read_again({**asset, "status": "queued"}).created_at.timestamp()  # type: ignore[union-attr]

    with speaking("asset-links-week") as sandbox:
        assert lifetime(plain) < 3600
        assert lifetime(sandbox) == pytest.approx(7 * 24 * 3600, abs=60)


CALLED: dict[str, tuple[str, Callable[[Any], bool], str]] = {
    "callback-canceled": ("create: cancels", lambda told: told["status"] == "canceled", "canceled"),
    "callback-error": ("create: fails", lambda told: told["output"]["message"] == WHY, "failed"),
    "callback-partial": (
        "create: partial",
        lambda told: told["event"] == "run.partial_succeeded",
        "partial_succeeded",
    ),
}


@pytest.mark.parametrize("dialect", row("both", *CALLED))
def test_a_callback_is_read_in_every_wording(dialect: str) -> None:
    plan, spoken, status = CALLED[dialect]
    with HttpServer(lambda _: Answer()) as receiver, speaking(dialect, faults=plan) as sandbox, web(sandbox) as http:
        told = called(http, receiver)
        assert spoken(json.loads(told.body)), told.body
        event = callbacks.parse(told.body)
        assert isinstance(event, callbacks.RunEvent)
        assert event.status == status
        assert len(event.outputs) == (1 if event.delivered else 0)
        assert (event.failure.message if event.failure else None) == (WHY if dialect == "callback-error" else None)


@pytest.mark.server("14/callback-retries", dialect="callback-retry")
@pytest.mark.server("14/callback-record", dialect="callback-payload")
def test_callbacks_may_be_sent_again_after_a_400_and_read_back_as_their_payload() -> None:
    statuses = iter((400, 200))
    switches = CallbackSwitches(gaps=(0.0,))
    spoken = ("callback-retry", "callback-payload", "output-image-urls")
    with (
        HttpServer(lambda _: Answer(next(statuses))) as receiver,
        speaking(*spoken, callbacks=switches) as sandbox,
        web(sandbox) as http,
    ):
        told = json.loads(called(http, receiver).body)
        wait_until(lambda: len(receiver.heard) == 2)
        assert http.get(f"/v1/runs/{told['run_id']}/callback").json() == told
        assert len(told["output"]["image_urls"]) == 1


def called(http: httpx.Client, receiver: HttpServer) -> Heard:
    """What a receiver was told first of a new run."""
    body = {"input": {"prompt": "an owl", **OWL}, "callback_url": receiver.url}
    assert http.post(f"/v1/models/{MODEL}/runs", json=body).is_success
    wait_until(lambda: bool(receiver.heard))
    return receiver.heard[0]


@pytest.mark.both("14/output-shape", "14/asset-references", "14/idempotency", dialect="older")
def test_an_older_service_draws_edits_and_is_searched(open_session: OpenSession) -> None:
    with speaking(ALL, faults="create: drop-after-accept 3rd") as sandbox:
        open_session(sandbox.url, clock=Skipping())
        drawn = runflow_nb.generate("an owl", **OWL, num_images=2)
        edited = runflow_nb.edit("as a drawing", large_picture(), model="google/nano-banana-2/edit", **OWL)
        assert [each.status for each in sandbox.book.received] == [201, 422, 201]
        found = runflow_nb.generate("another owl", **OWL)
        assert [run.status for run in (drawn, edited, found)] == ["succeeded"] * 3
        assert [(len(run.images), run.cost, run.seeds.returned) for run in (drawn, edited, found)] == [
            (2, Decimal("0.12"), 7),
            (1, Decimal("0.06"), 7),
            (1, Decimal("0.06"), 7),
        ]
        assert [each.client_ref for each in sandbox.book.runs] == [drawn.id, edited.id, found.id]
