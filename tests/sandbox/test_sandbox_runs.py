"""A run from its create to its end, as the contract tells it."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from runflow_nb.models.catalog import CATALOG
from runflow_nb.sandbox.embedded import EmbeddedSandbox

from .conftest import EDIT, NANO_2, Caller, MovedClock, caller


def test_a_create_answers_201_with_a_queued_run_that_echoes_what_was_sent(call: Caller) -> None:
    body: dict[str, Any] = {
        "input": {"prompt": "a red kite over dunes", "resolution": "0.5K", "safety_tolerance": 5, "seed": 7},
        "metadata": {"notebook": "demo.ipynb", "n": [1, None]},
        "client_ref": "nb-2f1c",
        "callback_url": "https://example.org/hook",
    }
    answer = call.post(f"/v1/models/{NANO_2}/runs", json=body)
    run = answer.json()
    assert answer.status_code == 201
    assert run["status_code"] == "queued"
    assert run["output"] is run["cost"] is run["completed_at"] is run["started_at"] is None
    assert uuid.UUID(run["id"]).version == 7
    assert run["input"] == {**body["input"], "safety_tolerance": "5"}
    assert [run[name] for name in ("metadata", "client_ref", "callback_url")] == [
        body["metadata"], body["client_ref"], body["callback_url"],
    ]  # fmt: skip
    assert run["created_at"].endswith("Z")
    assert datetime.fromisoformat(run["created_at"]).tzinfo is not None


def test_a_finished_run_carries_outputs_cost_seed_and_timing(call: Caller) -> None:
    run = call.made(seed=1234567, num_images=2, output_format="webp")
    output = run["output"]
    assert run["status_code"] == "succeeded"
    assert (run["cost"], run["duration_ms"] >= 0) == ("0.12", True)
    assert (output["seed"], output["nsfw_detected"]) == (1234567, False)
    assert output["model_data"]["description"]
    assert output["timing"]["inference_ms"] >= 0
    assert [(o["type"], o["width"], o["height"]) for o in output["outputs"]] == [("image", 512, 512)] * 2
    for each in output["outputs"]:
        file = httpx.get(each["url"], trust_env=False)
        assert file.headers["content-type"] == "image/webp"
        with Image.open(BytesIO(file.content)) as picture:
            assert (picture.format, picture.size) == ("WEBP", (512, 512))


def test_a_run_without_a_seed_is_given_one_and_says_which(call: Caller) -> None:
    first, second = call.made()["output"]["seed"], call.made()["output"]["seed"]
    assert isinstance(first, int)
    assert first != second


def test_a_run_passes_through_its_states_by_the_clock_alone(clock: MovedClock) -> None:
    with EmbeddedSandbox(latency=10, clock=clock) as sandbox, caller(sandbox) as call:
        run_id = call.create().json()["id"]
        seen = []
        for seconds in (0.5, 1, 3, 4.9):
            clock.now += seconds
            run = call.get(f"/v1/runs/{run_id}").json()
            seen.append((run["status_code"], run["started_at"] is None, run["cost"], run["output"]))
        assert seen == [
            ("queued", True, None, None),
            ("dispatching", True, None, None),
            ("running", False, None, None),
            ("running", False, None, None),
        ]
        clock.now += 0.6
        run = call.finish(run_id)
        assert (run["status_code"], run["cost"]) == ("succeeded", "0.06")
        assert 10_000 <= run["duration_ms"] <= 10_001
        apart = datetime.fromisoformat(run["completed_at"]) - datetime.fromisoformat(run["created_at"])
        assert round(apart.total_seconds() * 1000) == run["duration_ms"]


def test_a_run_that_is_painted_early_still_takes_the_whole_latency() -> None:
    with EmbeddedSandbox(latency=0.4) as sandbox, caller(sandbox) as call:
        began = time.monotonic()
        run = call.made()
        assert time.monotonic() - began >= 0.4
        assert run["duration_ms"] >= 400


def test_ids_of_runs_grow_with_time_even_when_the_clock_is_set_back(clock: MovedClock) -> None:
    with EmbeddedSandbox(latency=0, clock=clock) as sandbox, caller(sandbox) as call:
        ids = []
        for _ in range(5):
            ids.append(call.create().json()["id"])
            clock.now -= 1
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("model", list(CATALOG))
def test_every_model_is_served_and_costs_what_its_spec_says(call: Caller, model: str) -> None:
    pictures = {"image_urls": ["https://example.org/cat.png"]} if CATALOG[model].edits else {}
    run = call.made(model, resolution="1K", **pictures)
    assert run["status_code"] == "succeeded"
    price = CATALOG[model].price
    assert price is not None
    assert Decimal(run["cost"]) == price.base


def test_a_success_is_debited_and_a_failure_costs_nothing(call: Caller) -> None:
    def balance() -> Decimal:
        return Decimal(call.get("/v1/billing/balance").json()["balance"])

    assert balance() == 10
    call.made(num_images=4, enable_web_search=True)
    assert balance() == Decimal("9.7")
    failed = call.made(EDIT, image_urls=["http://127.0.0.1:9/nothing.png"])
    assert (failed["status_code"], failed["cost"], failed["output"]) == ("failed", "0", None)
    assert balance() == Decimal("9.7")
    assert call.get("/v1/credit-balances").json()["items"][0]["balance_usd"] == "9.7"


def test_402_when_what_is_left_beside_the_open_runs_does_not_reach(clock: MovedClock) -> None:
    with EmbeddedSandbox(latency=60, balance=Decimal("0.13"), clock=clock) as sandbox, caller(sandbox) as call:
        first = call.create()
        assert (first.status_code, call.create().status_code) == (201, 201)
        refused = call.create()
        assert (refused.status_code, refused.json()["code"]) == (402, "INSUFFICIENT_CREDIT")
        assert call.get("/v1/billing/balance").json()["balance"] == "0.13"
        clock.now += 61
        call.finish(first.json()["id"])
        assert len(sandbox.book.runs) == 2


def test_the_same_idempotency_key_and_body_is_one_run(call: Caller, sandbox: EmbeddedSandbox) -> None:
    label, key = uuid.uuid4().hex, {"Idempotency-Key": "k1"}
    first = call.create(client_ref=label, headers=key)
    call.finish(first.json()["id"])
    again = call.create(client_ref=label, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert len(sandbox.book.of(label)) == 1


def test_the_same_idempotency_key_with_another_body_is_a_conflict(call: Caller, sandbox: EmbeddedSandbox) -> None:
    label, key = uuid.uuid4().hex, {"Idempotency-Key": "k1"}
    assert call.create(client_ref=label, headers=key).status_code == 201
    other = call.create(client_ref=label, headers=key, seed=1)
    assert (other.status_code, other.json()["code"]) == (409, "CONFLICT")
    assert len(sandbox.book.of(label)) == 1


def test_an_idempotency_key_belongs_to_its_organization_and_a_refusal_does_not_use_it_up(
    call: Caller, sandbox: EmbeddedSandbox
) -> None:
    key = {"Idempotency-Key": "mine"}
    assert call.create(num_images=9, headers=key).status_code == 422
    first = call.create(headers=key).json()["id"]
    with caller(sandbox) as stranger:
        assert stranger.create(headers=key).json()["id"] != first


def test_one_key_sent_by_many_threads_at_once_is_one_run(sandbox: EmbeddedSandbox) -> None:
    label, ids = uuid.uuid4().hex, []

    def send() -> None:
        with caller(sandbox, "shared") as mine:
            ids.append(mine.create(client_ref=label, headers={"Idempotency-Key": label}).json()["id"])

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == len(sandbox.book.of(label)) == 1


def test_client_ref_is_a_label_and_not_unique(call: Caller, sandbox: EmbeddedSandbox) -> None:
    label = uuid.uuid4().hex
    assert call.create(client_ref=label).json()["id"] != call.create(client_ref=label).json()["id"]
    assert len(sandbox.book.of(label)) == 2


def test_sync_mode_puts_data_uris_into_the_run_and_keeps_them_out_of_the_listing(call: Caller) -> None:
    run = call.made(sync_mode=True, output_format="jpeg")
    url = run["output"]["outputs"][0]["url"]
    assert url.startswith("data:image/jpeg;base64,/9j/")
    listed = call.get("/v1/runs").json()["items"][0]
    assert (listed["id"], listed["output"]) == (run["id"], None)


def test_sync_mode_can_be_switched_to_answer_the_create_with_the_finished_run() -> None:
    with EmbeddedSandbox(latency=0.05, sync_mode="answer") as sandbox, caller(sandbox) as call:
        run = call.create(sync_mode=True).json()
        assert run["status_code"] == "succeeded"
        assert run["output"]["outputs"][0]["url"].startswith("data:image/png;base64,")
        assert call.get(f"/v1/runs/{run['id']}").json()["output"] is None


def test_a_seed_need_not_be_reported() -> None:
    with EmbeddedSandbox(latency=0, report_seed=False) as sandbox, caller(sandbox) as call:
        assert call.made(seed=5)["output"]["seed"] is None


def test_another_organizations_run_does_not_exist(call: Caller, sandbox: EmbeddedSandbox) -> None:
    run = call.made()
    with caller(sandbox) as stranger:
        answer = stranger.get(f"/v1/runs/{run['id']}")
        assert (answer.status_code, answer.json()["code"]) == (404, "RUN_NOT_FOUND")
        assert stranger.get("/v1/runs").json()["items"] == []


def test_the_organization_follows_from_the_token_alone_and_never_shows_it(sandbox: EmbeddedSandbox) -> None:
    key = "rf_live_secret"
    with EmbeddedSandbox(latency=0) as other, caller(other, key) as there, caller(sandbox, key) as here:
        mine, theirs = here.get("/v1/auth/me"), there.get("/v1/auth/me")
        org = mine.json()["memberships"][0]["org"]["id"]
        assert theirs.json()["memberships"][0]["org"]["id"] == org == here.create().json()["org_id"]
        assert key not in mine.text + here.get("/sandbox/book").text
        assert here.get("/v1/runs", headers={"X-Organization-Id": org}).status_code == 200
        refused = here.get("/v1/runs", headers={"X-Organization-Id": str(uuid.uuid4())})
        assert (refused.status_code, refused.json()["code"]) == (403, "ORGANIZATION_MEMBERSHIP_REQUIRED")
