"""Secrets that callbacks are signed with, and the records of what became of each."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox

from ..sandboxes import running
from .callbacks import Receiver, asked, call, deliveries, quick, secret, signature, stack, told
from .conftest import Caller, caller

__all__ = ["call", "quick", "stack"]


def test_the_newest_secret_signs_until_it_is_deleted_and_earlier_ones_live_on(call: Caller, stack: ExitStack) -> None:
    receiver = Receiver(stack, 200)
    old, new = secret(call, "old"), secret(call, "new")
    assert old["plain_secret"].startswith("whsec_")
    assert old["plain_secret"].startswith(old["key_prefix"])
    listed = call.get("/v1/callback-secrets").json()["items"]
    assert [(each["id"], each["label"], each["is_current"]) for each in listed] == [
        (old["id"], "old", False), (new["id"], "new", True),
    ]  # fmt: skip
    assert "plain_secret" not in str(listed)
    first = told(call, receiver.url)
    assert call.delete(f"/v1/callback-secrets/{new['id']}").status_code == 204
    second = told(call, receiver.url)
    assert call.delete(f"/v1/callback-secrets/{old['id']}").status_code == 204
    third = told(call, receiver.url)
    used = [first["signing_secret_id"], second["signing_secret_id"], third["signing_secret_id"]]
    assert used == [new["id"], old["id"], None]
    assert [heard.headers.get("runflow-signature") for heard in receiver.heard] == [
        signature(new["plain_secret"], receiver.heard[0].body),
        signature(old["plain_secret"], receiver.heard[1].body),
        None,
    ]


def test_secrets_belong_to_their_organization(call: Caller, quick: EmbeddedSandbox, stack: ExitStack) -> None:
    mine = secret(call)
    with caller(quick) as stranger:
        assert stranger.get("/v1/callback-secrets").json()["items"] == []
        assert stranger.delete(f"/v1/callback-secrets/{mine['id']}").status_code == 404
        assert told(stranger, Receiver(stack, 200).url)["signing_secret_id"] is None


@pytest.mark.parametrize("label", ["x" * 256, 7, [], {}])
def test_a_label_that_is_none_is_refused(call: Caller, label: Any) -> None:
    answer = call.post("/v1/callback-secrets", json={"label": label})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "label"])


def test_a_redelivery_is_a_new_delivery_of_the_run_as_it_is_now(call: Caller, stack: ExitStack) -> None:
    receiver = Receiver(stack, 400, 200)
    first = told(call, receiver.url)
    plain = secret(call)["plain_secret"]
    answer = call.post(f"/v1/runs/{first['run_id']}/callback-redeliveries")
    assert answer.status_code == 201
    assert (answer.json()["is_automatic"], answer.json()["attempt_count"]) == (False, 0)
    earlier, later = deliveries(call, first["run_id"], 2)
    assert earlier == first
    assert (later["id"], later["status_code"], later["is_automatic"]) == (answer.json()["id"], "delivered", False)
    one, other = receiver.heard
    assert other.headers["runflow-signature"] == signature(plain, other.body)
    links = [json.loads(each.body)["output"]["outputs"][0]["url"] for each in (one, other)]
    assert len(set(links)) == 2  # signed anew
    assert one.headers["runflow-request-id"] != other.headers["runflow-request-id"]


def test_what_cannot_be_delivered_again_is_refused(call: Caller, quick: EmbeddedSandbox, stack: ExitStack) -> None:
    silent = call.made()["id"]
    with caller(quick) as stranger:
        for path in ("callback-redeliveries", "callback"):
            method = "POST" if path.endswith("redeliveries") else "GET"
            assert stranger.request(method, f"/v1/runs/{silent}/{path}").status_code == 404
    assert call.post(f"/v1/runs/{silent}/callback-redeliveries").status_code == 409
    with running(latency=600) as slow, caller(slow) as waiting:
        run_id = asked(waiting, Receiver(stack, 200).url)["id"]
        assert waiting.post(f"/v1/runs/{run_id}/callback-redeliveries").status_code == 409


def test_the_book_holds_what_became_of_each(call: Caller, quick: EmbeddedSandbox, stack: ExitStack) -> None:
    delivery = told(call, Receiver(stack, 404).url)
    book = call.get("/sandbox/book").json()["callbacks"]
    assert [each for each in book if each["run_id"] == delivery["run_id"]] == [
        {
            "run_id": delivery["run_id"],
            "callback_url": delivery["callback_url"],
            "status_code": "failed",
            "attempt_count": 1,
            "failure_detail": "the receiver answered 404",
        }
    ]
