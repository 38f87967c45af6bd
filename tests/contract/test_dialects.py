"""Section 14: whatever side of a disagreement a service takes, the same run is bought once and reads the same."""

from __future__ import annotations

import functools
import io
import json
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

import runflow_nb
from runflow_nb import callbacks
from runflow_nb.api.account import read_balance
from runflow_nb.api.wire import RemoteRun, parse, read_run
from runflow_nb.engine.connection import SANDBOX_TOKEN
from runflow_nb.errors import InsufficientCredit, RunFailed
from runflow_nb.record.run import Run
from runflow_nb.sandbox.callbacks.switches import CallbackSwitches
from runflow_nb.sandbox.dialects.choose import read_dialects
from runflow_nb.sandbox.dialects.table import ALL, DIALECTS
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.sandbox.offers import pictures
from runflow_nb.sandbox.paint.painter import paint
from tests.conftest import OpenSession
from tests.engine.test_recovery import Skipping
from tests.http_server import Answer, Heard, HttpServer
from tests.sandbox.told import wait_until
from tests.sandboxes import running

MODEL = "google/nano-banana-2"
OWL = {"resolution": "0.5K", "output_format": "jpeg", "seed": 7}
LATENCY = 0.25
"""Seconds in which a run can be seen to go on: the first question of a new client comes after 0.12."""


@pytest.fixture(autouse=True)
def painted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same picture is asked for over and over."""
    monkeypatch.setattr(pictures, "paint", PAINT)


PAINT = functools.cache(paint)


USUAL: list[tuple[Any, ...]] = []
"""The facts of the same run in the default, once it was made."""


@pytest.fixture(scope="module")
def plain() -> Iterator[EmbeddedSandbox]:
    with running() as sandbox:
        yield sandbox


def row(side: str, *names: str) -> list[Any]:
    """These dialects as parameters, marked with the side that they are about and the line of the contract."""
    mark = getattr(pytest.mark, side)
    return [pytest.param(name, marks=mark(f"14.{DIALECTS[name].row}"), id=name) for name in names]


def web(sandbox: EmbeddedSandbox) -> httpx.Client:
    """The sandbox as any client sees it, in the same organization."""
    headers = {"Authorization": f"Bearer {SANDBOX_TOKEN.reveal()}"}
    return httpx.Client(base_url=sandbox.url, headers=headers, trust_env=False)


def speaking(*dialects: str, **switches: Any) -> Any:
    return running(dialects=read_dialects(dialects), **switches)


def facts(run: Run) -> tuple[Any, ...]:
    """What a person has of a run."""
    pictures = [(image.sha256, image.width, image.height, image.format) for image in run.images]
    return run.status, run.cost, run.seed, run.seeds.sent, pictures, run.failure, run.completed_at is not None


def read_again(raw: Any) -> RemoteRun:
    return read_run(parse(json.dumps(raw).encode()))


def outputs(raw: Any) -> Any:
    return raw["output"]


IN_A_RUN: dict[str, Callable[[Any], bool]] = {
    "state-completed": lambda raw: raw["status_code"] == "completed",
    "status-field": lambda raw: raw["status"] == "succeeded" and "status_code" not in raw,
    "finished-at": lambda raw: raw["finished_at"] and "completed_at" not in raw,
    "times-offset": lambda raw: raw["created_at"].endswith("+00:00") and raw["completed_at"].endswith("+00:00"),
    "output-image-urls": lambda raw: outputs(raw)["image_urls"][0].startswith("http"),
    "output-image": lambda raw: outputs(raw)["image"]["url"].startswith("http"),
    "output-image-list": lambda raw: outputs(raw)["image"][0].startswith("http"),
    "output-images": lambda raw: outputs(raw)["images"][0].startswith("http"),
    "output-images-url": lambda raw: outputs(raw)["images"][0]["url"].startswith("http"),
    "output-images-image-url": lambda raw: outputs(raw)["images"][0]["image_url"].startswith("http"),
    "output-url": lambda raw: outputs(raw)["url"].startswith("http"),
    "output-output-url": lambda raw: outputs(raw)["output_url"].startswith("http"),
    "output-image-url": lambda raw: outputs(raw)["image_url"].startswith("http"),
    "output-text": lambda raw: outputs(raw).startswith("http"),
}
"""Dialects of a run that succeeded -> whether its raw JSON is in them."""


@pytest.mark.parametrize("dialect", row("both", *IN_A_RUN))
def test_a_run_reads_the_same_however_it_is_written(
    dialect: str, plain: EmbeddedSandbox, open_session: OpenSession, tmp_path: Path
) -> None:
    if not USUAL:
        open_session(plain.url, store=tmp_path / "usual", clock=Skipping())
        USUAL.append(facts(runflow_nb.generate("an owl", **OWL)))
    with speaking(dialect) as sandbox, web(sandbox) as http:
        open_session(sandbox.url, clock=Skipping())
        run = runflow_nb.generate("an owl", **OWL)
        raw = http.get(f"/v1/runs/{run.run_id}").json()
        assert IN_A_RUN[dialect](raw), raw
        assert [facts(run)] == USUAL
        assert run.seeds.returned == (None if dialect == "output-text" else 7)
        assert run.cost == sandbox.book.billed
        told = read_again(raw)
        assert told.completed_at is not None
        assert told.created_at is not None
        assert told.created_at.utcoffset() == timedelta(0)
        listed = http.get("/v1/runs").json()["items"]
        assert [read_again(each).completed_at for each in listed] == [told.completed_at]


IN_A_CREATE: dict[str, Callable[[httpx.Response], bool]] = {
    "run-id": lambda answer: "id" not in answer.json() and bool(answer.json()["run_id"]),
    "create-200": lambda answer: answer.status_code == 200,
    "rate-limit-headers": lambda answer: answer.headers["x-ratelimit-limit"].isdigit(),
    "safety-text": lambda answer: answer.is_success,
}


@pytest.mark.parametrize("dialect", row("both", *IN_A_CREATE))
def test_an_accepted_create_is_known_however_it_is_answered(dialect: str, open_session: OpenSession) -> None:
    with speaking(dialect) as sandbox, web(sandbox) as http:
        open_session(sandbox.url, clock=Skipping())
        run = runflow_nb.generate("an owl", **OWL, safety_tolerance=4)
        (received,) = sandbox.book.received
        again = {"Idempotency-Key": received.idempotency_key or ""}
        answer = http.post(f"/v1/models/{MODEL}/runs", json=received.body, headers=again)
        assert IN_A_CREATE[dialect](answer), answer.text
        assert [each.id for each in sandbox.book.runs] == [run.run_id]
        assert (run.status, run.cost, len(run.images)) == ("succeeded", Decimal("0.06"), 1)


@pytest.mark.parametrize("dialect", row("both", "state-processing", "state-in-progress"))
def test_a_state_that_is_on_no_page_means_that_the_run_goes_on(dialect: str, open_session: OpenSession) -> None:
    word = dialect.removeprefix("state-").replace("-", "_")
    with speaking(dialect, latency=LATENCY) as sandbox, web(sandbox) as http:
        codes = [each["code"] for each in http.get("/v1/runs/statuses").json()["items"]]
        assert (word in codes, "running" in codes) == (True, False)
        open_session(sandbox.url)
        job = runflow_nb.generate("an owl", **OWL, background=True)
        seen = set[str]()

        def goes_on() -> bool:
            seen.update(each["status_code"] for each in http.get("/v1/runs").json()["items"])
            return word in seen

        wait_until(goes_on)
        assert job.wait().status == "succeeded"
        assert sandbox.book.requests["GET /v1/runs/{run_id}"] > 1


WHY = "the fault plan made this run fail"
IN_A_FAILURE: dict[str, Callable[[Any], bool]] = {
    "state-errored": lambda raw: raw["status_code"] == "errored",
    "state-timeout": lambda raw: raw["status_code"] == "timeout",
    "failure-stage": lambda raw: raw["failure_stage"] == "execution" and "failure_stage_code" not in raw,
    "failure-error": lambda raw: (
        raw["error"] == {"code": "PROVIDER_ERROR", "message": WHY} and "failure_message" not in raw
    ),
    "failure-text": lambda raw: raw["error"] == WHY and "failure_message" not in raw,
    "failure-reason": lambda raw: raw["failure_reason"] == WHY and "failure_message" not in raw,
}


@pytest.mark.parametrize("dialect", row("both", *IN_A_FAILURE))
def test_a_failure_is_told_with_its_reason_wherever_that_stands(dialect: str, open_session: OpenSession) -> None:
    with speaking(dialect, faults="create: fails") as sandbox, web(sandbox) as http:
        open_session(sandbox.url, clock=Skipping())
        with pytest.raises(RunFailed, match=WHY):
            runflow_nb.generate("an owl", **OWL)
        (run,) = runflow_nb.history(all=True)
        raw = http.get(f"/v1/runs/{run.run_id}").json()
        assert IN_A_FAILURE[dialect](raw), raw
        failure = read_again(raw).failure
        assert failure is not None
        assert (failure.code, failure.stage, failure.message) == ("PROVIDER_ERROR", "execution", WHY)
        assert (run.status, run.cost) == ("failed", Decimal(0))


@pytest.mark.both("14.1")
def test_a_cancelled_run_ends_the_wait_in_either_spelling(open_session: OpenSession) -> None:
    with speaking("state-cancelled", faults="create: cancels") as sandbox, web(sandbox) as http:
        open_session(sandbox.url, clock=Skipping())
        with pytest.raises(RunFailed):
            runflow_nb.generate("an owl", **OWL)
        (run,) = runflow_nb.history(all=True)
        assert http.get(f"/v1/runs/{run.run_id}").json()["status_code"] == "cancelled"
        assert (run.status, run.cost) == ("canceled", Decimal(0))


@pytest.mark.both("14.5")
def test_of_a_run_that_succeeded_in_part_what_came_is_kept(open_session: OpenSession) -> None:
    with speaking("partial") as sandbox:
        open_session(sandbox.url, clock=Skipping())
        run = runflow_nb.generate("an owl", **OWL, num_images=2)
        assert (run.status, len(run.images), run.cost) == ("partial_succeeded", 1, Decimal("0.06"))
        assert runflow_nb.generate("an owl", **OWL).status == "succeeded"


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


@pytest.mark.server("14.11")
def test_with_rate_limit_headers_comes_a_number_to_wait_for() -> None:
    with speaking("rate-limit-headers", faults="me: 429") as sandbox, web(sandbox) as http:
        answer = http.get("/v1/auth/me")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        assert "retry-after" not in http.get("/v1/billing/balance").headers


@pytest.mark.both("14.12")
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


@pytest.mark.both("14.19")
def test_a_balance_in_cents_is_the_same_money() -> None:
    with speaking("balance-cents", balance=Decimal("9.925")) as sandbox, web(sandbox) as http:
        answer = http.get("/v1/billing/balance")
        assert answer.json() == {"balance_cents": 992, "currency": "USD"}
        assert read_balance(answer.json()).amount == Decimal("9.92")
        assert read_balance(http.get("/v1/credit-balances").json()).amount == Decimal("9.925")


def large() -> bytes:
    """A picture that is uploaded rather than sent inline."""
    stream = io.BytesIO()
    Image.frombytes("RGB", (640, 640), random.Random(7).randbytes(640 * 640 * 3)).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.both("14.21")
def test_where_references_are_refused_the_signed_link_is_sent_once(open_session: OpenSession) -> None:
    with speaking("no-asset-references") as sandbox:
        open_session(sandbox.url, clock=Skipping())
        run = runflow_nb.edit("as a drawing", large(), model="google/nano-banana-2/edit", **OWL)
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


@pytest.mark.server("14.25")
def test_a_safety_tolerance_that_has_to_be_a_text_is_refused_as_a_number() -> None:
    with speaking("safety-text") as sandbox, web(sandbox) as http:
        body = {"input": {"prompt": "an owl", "safety_tolerance": 4}}
        answer = http.post(f"/v1/models/{MODEL}/runs", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["loc"] == ["body", "input", "safety_tolerance"]


@pytest.mark.server("14.28")
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


@pytest.mark.server("14.16", "14.17")
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


@pytest.mark.both("14")
def test_an_older_service_draws_edits_and_is_searched(open_session: OpenSession) -> None:
    with speaking(ALL, faults="create: drop-after-accept 3rd") as sandbox:
        open_session(sandbox.url, clock=Skipping())
        drawn = runflow_nb.generate("an owl", **OWL, num_images=2)
        edited = runflow_nb.edit("as a drawing", large(), model="google/nano-banana-2/edit", **OWL)
        assert [each.status for each in sandbox.book.received] == [201, 422, 201]
        found = runflow_nb.generate("another owl", **OWL)
        assert [run.status for run in (drawn, edited, found)] == ["succeeded"] * 3
        assert [(len(run.images), run.cost, run.seeds.returned) for run in (drawn, edited, found)] == [
            (2, Decimal("0.12"), 7),
            (1, Decimal("0.06"), 7),
            (1, Decimal("0.06"), 7),
        ]
        assert [each.client_ref for each in sandbox.book.runs] == [drawn.id, edited.id, found.id]
