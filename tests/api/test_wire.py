"""Every shape of the contract is read, and no damage to an answer escapes untyped."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runflow_nb.api import wire
from runflow_nb.api.account import read_account, read_balance
from runflow_nb.api.errors import MalformedAnswer
from runflow_nb.api.outputs import read_outputs
from runflow_nb.api.problem import read_problem
from tests.api.made import run_json

URL = "https://storage.example/o/1.png?sig=x"
SECOND = "https://storage.example/o/2.png"


@pytest.mark.client("14/unlisted-states", "14/cancelled-on-runs")
@pytest.mark.parametrize(
    ("word", "status", "ended", "delivered"),
    [
        ("queued", "queued", False, False),
        ("dispatching", "dispatching", False, False),
        ("running", "running", False, False),
        ("succeeded", "succeeded", True, True),
        ("failed", "failed", True, False),
        ("canceled", "canceled", True, False),
        ("cancelled", "canceled", True, False),
        ("partial_succeeded", "partial_succeeded", True, True),
        ("completed", "succeeded", True, True),
        ("errored", "failed", True, False),
        ("timeout", "failed", True, False),
        ("processing", "processing", False, False),
        ("in_progress", "in_progress", False, False),
        ("a_state_of_next_year", "a_state_of_next_year", False, False),
    ],
)
def test_each_state_means_one_thing_however_it_is_spelt(word: str, status: str, ended: bool, delivered: bool) -> None:
    run = wire.read_run(run_json(status_code=word))
    assert (run.status, run.ended, run.delivered) == (status, ended, delivered)


@pytest.mark.client("14/state-field")
def test_the_state_is_read_from_status_where_status_code_is_missing() -> None:
    assert wire.read_run({"id": "a", "status": "running"}).status == "running"
    assert wire.read_run({"id": "a", "status": "running", "status_code": "succeeded"}).status == "succeeded"


@pytest.mark.client("14/create-id")
def test_the_id_is_read_from_run_id_where_id_is_missing() -> None:
    assert wire.read_run({"run_id": "b", "status_code": "queued"}).id == "b"


def test_an_acceptance_is_proven_by_an_id_alone() -> None:
    assert wire.read_run({"id": "a"}, accepted=True).status == "queued"
    with pytest.raises(MalformedAnswer):
        wire.read_run({"id": "a"})
    with pytest.raises(MalformedAnswer):
        wire.read_run({"status_code": "queued"}, accepted=True)


@pytest.mark.client("14/end-time", "14/timestamps")
@pytest.mark.parametrize(
    "members",
    [
        {"completed_at": "2026-05-06T10:00:09Z"},
        {"finished_at": "2026-05-06T10:00:09Z"},
        {"completed_at": None, "finished_at": "2026-05-06T10:00:09+00:00"},
        {"completed_at": "2026-05-06T12:00:09.000000+02:00"},
        {"completed_at": "2026-05-06T10:00:09"},
    ],
)
def test_the_end_time_is_read_from_either_name_and_any_offset(members: dict[str, Any]) -> None:
    assert wire.read_run(run_json(**members)).completed_at == datetime(2026, 5, 6, 10, 0, 9, tzinfo=UTC)


@pytest.mark.client("14/failure-fields")
@pytest.mark.parametrize(
    ("members", "failure"),
    [
        (
            {"failure_code": "X", "failure_stage_code": "dispatch", "failure_message": "no"},
            wire.Failure("X", "dispatch", "no"),
        ),
        ({"failure_message": "no", "failure_stage": "upload"}, wire.Failure(None, "upload", "no")),
        ({"error": {"code": "X", "message": "no"}}, wire.Failure("X", None, "no")),
        ({"error": "no"}, wire.Failure(None, None, "no")),
        ({"failure_reason": "no"}, wire.Failure(None, None, "no")),
        ({"failure_message": "first", "error": {"message": "second"}}, wire.Failure(None, None, "first")),
        ({"failure_message": None, "error": None}, None),
    ],
)
def test_why_a_run_failed_is_read_from_every_name(members: dict[str, Any], failure: wire.Failure | None) -> None:
    assert wire.read_run(run_json(status_code="failed", **members)).failure == failure


@pytest.mark.client("14/output-shape")
@pytest.mark.parametrize(
    "output",
    [
        {"outputs": [{"url": URL, "type": "image"}, {"url": SECOND}]},
        {"outputs": [URL, SECOND]},
        {"image_urls": [URL, SECOND]},
        {"image": [URL, SECOND]},
        {"images": [URL, SECOND]},
        {"images": [{"url": URL}, {"image_url": SECOND}]},
        {"outputs": [], "image_urls": [URL, SECOND], "url": "https://other.example"},
    ],
)
def test_several_pictures_are_found_in_every_shape(output: object) -> None:
    assert [found.url for found in read_outputs(output)] == [URL, SECOND]


@pytest.mark.client("14/output-shape")
@pytest.mark.parametrize(
    "output",
    [
        {"image": {"url": URL}},
        {"url": URL},
        {"output_url": URL},
        {"image_url": URL},
        URL,
        {"outputs": [{"url": URL}, {}]},
    ],
)
def test_one_picture_is_found_in_every_shape(output: object) -> None:
    assert [found.url for found in read_outputs(output)] == [URL]


@pytest.mark.parametrize(
    "output",
    [{"video": {"url": URL}}, {"video_url": URL}, {"audio": URL}, {"videos": [{"url": URL}]}, {"files": [URL]}],
)
def test_a_file_is_found_in_the_shapes_that_others_use(output: object) -> None:
    """It was paid for, whatever it is called."""
    assert [found.url for found in read_outputs(output)] == [URL]


def test_an_inline_picture_is_an_output_too() -> None:
    assert read_outputs({"outputs": [{"url": "data:image/png;base64,AAAA"}]})[0].url.startswith("data:")


def test_no_picture_is_read_from_a_run_that_did_not_deliver() -> None:
    output = {"outputs": [{"url": URL}]}
    assert wire.read_run(run_json(status_code="failed", output=output)).outputs == ()
    assert len(wire.read_run(run_json(status_code="partial_succeeded", output=output)).outputs) == 1


def test_every_field_of_the_output_table_is_read() -> None:
    output = {
        "outputs": [{"url": URL, "type": "image", "width": 1024, "height": 768}],
        "model_data": {"description": "a kite"},
        "nsfw_detected": False,
        "seed": 42,
        "timing": {"inference_ms": 8421},
    }
    run = wire.read_run(run_json(status_code="succeeded", output=output, cost="0.160", duration_ms=9120, org_id="o"))
    assert (run.outputs[0].width, run.outputs[0].height, run.outputs[0].type) == (1024, 768, "image")
    assert (run.seed, run.nsfw, run.timing, run.model_data) == (42, False, {"inference_ms": 8421}, output["model_data"])
    assert (run.cost, run.duration_ms, run.org_id) == (Decimal("0.160"), 9120, "o")


@pytest.mark.parametrize(
    ("given_cost", "cost"),
    [
        ("0.08", Decimal("0.08")),
        (0.08, Decimal("0.08")),
        (0, Decimal(0)),
        (None, None),
        ("free", None),
        ("-1", None),
        ("NaN", None),
        ("1e999999", None),
        ("1e-999999", None),
        (True, None),
        ([], None),
    ],
)
def test_a_cost_is_exact_or_absent(given_cost: object, cost: Decimal | None) -> None:
    assert wire.read_run(run_json(cost=given_cost)).cost == cost


@pytest.mark.client("14/health-body")
@pytest.mark.parametrize("answer", [{"status": "ok"}, {"ok": True}, {}, [], None])
def test_health_is_judged_by_its_status_alone(answer: object) -> None:
    assert wire.read_health(answer) == wire.Health(sandbox=False)


def test_only_a_clear_word_makes_a_server_a_sandbox() -> None:
    assert wire.read_health({"sandbox": True, "instance": "i"}) == wire.Health(True, "i")
    assert not wire.read_health({"sandbox": "true"}).sandbox


@pytest.mark.client("14/error-envelope")
@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b'{"code": "RATE_LIMITED", "message": "slower"}', "RATE_LIMITED", "slower"),
        (b'{"error": {"code": "X", "message": "nested"}}', "X", "nested"),
        (b'{"error": "text"}', "", "text"),
        (b'"just text"', "", "just text"),
        (b"upstream gone", "", "upstream gone"),
        (b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>", "", "502 Bad Gateway"),
        (b"<html><body>nginx</body></html>", "", "bad gateway"),
        (b"", "", "bad gateway"),
        (b"\xff\xfe\x00", "", "��\x00"),
        (b"[]", "", "bad gateway"),
    ],
)
def test_a_refusal_is_read_from_every_envelope(body: bytes, code: str, message: str) -> None:
    problem = read_problem(502, body)
    assert (problem.code, problem.message) == (code, message)


def test_a_refusal_names_each_field() -> None:
    body = {
        "code": "VALIDATION_ERROR",
        "message": "no",
        "errors": [
            {"loc": ["body", "input", "resolution"], "msg": "not allowed"},
            {"loc": ["body", "input", "image_urls", 0], "message": "not reachable"},
            "something else",
            {"loc": 7},
            None,
        ],
    }
    assert read_problem(422, json.dumps(body).encode()).fields == (
        ("input.resolution", "not allowed"),
        ("input.image_urls.0", "not reachable"),
        ("", "something else"),
    )


def test_a_page_counts_what_it_cannot_read() -> None:
    page = wire.read_page({"items": [run_json(), {"no": "run"}], "next_pq": "n", "prev_pq": None})
    assert (len(page.items), page.unreadable, page.next_pq, page.prev_pq) == (1, 1, "n", None)


def test_a_page_without_a_list_is_no_empty_page() -> None:
    with pytest.raises(MalformedAnswer):
        wire.read_page({"code": "SOMETHING", "message": "a proxy's word"})


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"id": ', b"[" * 100_000, b'"\xff"', b"9" * 5000])
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        wire.parse(body)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["succeeded", "cancelled", URL, "data:,", "2026-05-06T10:00:09Z", "0001-01-01T00:00:00+14:00"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = re.findall(
    r"\w+",
    "id run_id status_code status output outputs image_urls image images url output_url image_url type width height "
    "seed nsfw_detected timing model_data cost duration_ms created_at started_at completed_at finished_at error code "
    "message failure_code failure_message failure_reason failure_stage failure_stage_code client_ref org_id items "
    "next_pq prev_pq balance balance_usd balance_cents currency memberships org name slug email scopes sandbox "
    "instance errors loc msg",
)
DAMAGED = st.recursive(
    ANYTHING,
    lambda inner: st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=8) | st.lists(inner, max_size=3),
    max_leaves=10,
)
READERS = [
    wire.read_run,
    wire.read_page,
    read_balance,
    read_account,
    wire.read_health,
    wire.read_asset,
    read_outputs,
]


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@given(answer=DAMAGED)
def test_no_damage_to_an_answer_escapes_untyped(reader: Any, answer: object) -> None:
    try:
        reader(answer)
    except MalformedAnswer as error:
        assert error.reason


@settings(max_examples=60)
@given(members=st.dictionaries(st.sampled_from(MEMBERS), DAMAGED, max_size=10))
def test_a_run_with_an_id_and_a_state_is_read_whatever_else_is_damaged(members: dict[str, Any]) -> None:
    run = wire.read_run({**members, "id": "a", "status_code": "succeeded"})
    assert run.id == "a"
    assert run.delivered
    assert run.cost is None or run.cost.is_finite()
    json.dumps([run.client_ref, run.org_id, run.seed]).encode()
    assert all(found.url.encode("utf-8") for found in run.outputs)


@given(status=st.integers(100, 999), body=st.binary() | DAMAGED.map(lambda answer: json.dumps(answer).encode()))
def test_every_refusal_has_a_message(status: int, body: bytes) -> None:
    problem = read_problem(status, body)
    assert problem.message
    assert len(problem.message) <= 300
