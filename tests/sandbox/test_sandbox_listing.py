"""Listing runs: pages, filters, order, fields."""

from __future__ import annotations

from typing import Any

import pytest

from runflow_nb.sandbox.query import BadQuery, read_query

from .conftest import Caller

RECORD = {
    "client_ref": "it's a \"label\" (1)", "status_code": "succeeded", "cost": "0.080", "duration_ms": 1200,
    "created_at": "2026-05-06T10:00:00.000000Z", "completed_at": None, "has_logs": False,
}  # fmt: skip
FIELDS = frozenset(RECORD)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status_code:succeeded", True),
        ("status_code=succeeded", True),
        ("status_code.EQ:'succeeded'", True),
        ("status_code.eq:succeeded", True),
        ("status_code:Succeeded", False),
        ("status_code.NE:'failed'", True),
        ("client_ref.EQ:'it''s a \"label\" (1)'", True),
        ('client_ref="it\'s a ""label"" (1)"', True),
        ("created_at>2026-04-01", True),
        ("created_at>2026-05-06T10:00:00Z", False),
        ("created_at>=2026-05-06T12:00:00+02:00 AND created_at<2026-05-07", True),
        ("cost=0.08", True),
        ("cost>0.1", False),
        ("cost>cheap", False),
        ("duration_ms.GTE:1200 AND duration_ms.LT:1201", True),
        ("completed_at>2026-04-01", False),
        ("has_logs:false", True),
        ("NOT status_code:failed", True),
        ("status_code:failed OR status_code:succeeded AND cost>1", False),
        ("(status_code:failed OR status_code:succeeded) AND cost<1", True),
        ("NOT (status_code:failed OR cost<1)", False),
        ("status_code:failed OR NOT cost>1 AND NOT duration_ms>9999", True),
    ],
)
def test_a_filter_means_what_the_docs_say(text: str, expected: bool) -> None:
    assert read_query(text, FIELDS)(RECORD) is expected


@pytest.mark.parametrize(
    "text",
    ["status_code", "status_code:", "status_code:a b", "AND", "a:1", "metadata.x:1", "status_code.LIKE:'a'", "(cost>1",
     "cost>1)", "cost>1 AND", "NOT", "status_code.EQ:'a", "cost>1 and cost<2", "(" * 5000],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadQuery):
        read_query(text, FIELDS)


@pytest.mark.parametrize("form", ["client_ref:{}", "client_ref={}", "client_ref.EQ:'{}'", "client_ref.eq:'{}'"])
def test_runs_are_found_by_client_ref_in_every_spelling(call: Caller, form: str) -> None:
    mine = call.create(client_ref="01K-a.b").json()["id"]
    call.create(client_ref="01K-a")
    call.create()
    answer = call.get("/v1/runs", params={"q": form.format("01K-a.b")}).json()
    assert [run["id"] for run in answer["items"]] == [mine]


def test_pages_forwards_and_backwards_cover_every_run_once_while_new_ones_come_in(call: Caller) -> None:
    ids = [call.create().json()["id"] for _ in range(7)][::-1]
    first = call.get("/v1/runs", params={"limit": 3}).json()
    call.create()
    second = call.get("/v1/runs", params={"limit": 3, "pq": first["next_pq"]}).json()
    third = call.get("/v1/runs", params={"limit": 3, "pq": second["next_pq"]}).json()
    pages = [[run["id"] for run in page["items"]] for page in (first, second, third)]
    assert pages == [ids[:3], ids[3:6], ids[6:]]
    assert (first["prev_pq"], third["next_pq"]) == (None, None)
    back = call.get("/v1/runs", params={"limit": 3, "pq": third["prev_pq"], "from_prev": "true"}).json()
    assert [run["id"] for run in back["items"]] == ids[3:6]


def test_the_page_size_is_50_unless_asked_and_500_at_most(call: Caller) -> None:
    for limit, status in (("500", 200), ("501", 422), ("0", 422), ("x", 422), ("-1", 422)):
        assert call.get("/v1/runs", params={"limit": limit}).status_code == status


def test_sort_by_takes_several_fields(call: Caller) -> None:
    made = {label: call.create(client_ref=label[0], seed=i).json()["id"] for i, label in enumerate(("b1", "a1", "b2"))}
    answer = call.get("/v1/runs", params={"sort_by": "client_ref:asc,created_at:desc"}).json()
    assert [run["id"] for run in answer["items"]] == [made["a1"], made["b2"], made["b1"]]


def test_fields_picks_members_and_outputs_are_signed_in_listings_too(call: Caller) -> None:
    run = call.made()
    answer = call.get("/v1/runs", params={"fields": "id,status_code,output"}).json()
    [item] = answer["items"]
    assert (list(item), item["id"]) == (["id", "status_code", "output"], run["id"])
    assert call.get(item["output"]["outputs"][0]["url"]).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [("q", "metadata:x"), ("q", "((("), ("sort_by", "input:asc"), ("sort_by", "id:up"), ("fields", "id,nonsense"),
     ("pq", "nonsense"), ("pq", "e30"), ("pq", "é")],
)  # fmt: skip
def test_a_wrong_parameter_of_a_listing_is_named(call: Caller, name: str, value: Any) -> None:
    answer = call.get("/v1/runs", params={name: value})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["query", name]


def test_the_states_are_the_seven_of_the_docs(call: Caller) -> None:
    items = call.get("/v1/runs/statuses").json()["items"]
    assert [i["code"] for i in items if i["is_terminal"]] == ["succeeded", "failed", "canceled", "partial_succeeded"]
    assert [i["code"] for i in items if not i["is_terminal"]] == ["queued", "dispatching", "running"]
