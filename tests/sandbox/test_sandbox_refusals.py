"""What is refused: each status with its code, each wrong field by its name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest

from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.spec import Field
from runflow_nb.sandbox.embedded import EmbeddedSandbox

from .conftest import EDIT, NANO_2, Caller, caller

PRO, PRO_EDIT = "google/nano-banana-pro", "google/nano-banana-pro/edit"
PICTURE = "https://example.org/a.png"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic abc", "rf_live_abc"])
def test_401_without_a_bearer_token(sandbox: EmbeddedSandbox, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for path in ("/v1/runs", "/v1/auth/me", "/v1/billing/balance", "/v1/models", "/v1/assets/types"):
        answer = httpx.get(sandbox.url + path, headers=headers, trust_env=False)
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")


def test_health_readiness_and_the_public_catalog_need_no_key(sandbox: EmbeddedSandbox) -> None:
    health = httpx.get(sandbox.url + "/v1/health", trust_env=False)
    assert health.json() == {"status": "ok", "ok": True, "sandbox": True, "instance": sandbox.instance}
    assert httpx.get(sandbox.url + "/v1/readiness", trust_env=False).status_code == 200
    assert httpx.get(sandbox.url + "/v1/public/models", trust_env=False).json()["items"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", "/v1/models/google/nano-banana-9/runs", 404, "MODEL_NOT_FOUND"),
        ("GET", "/v1/models/google/nano-banana-9", 404, "MODEL_NOT_FOUND"),
        ("GET", "/v1/runs/0198f2a4-5c1e-7b21-9f37-0c6f4e1d2a90", 404, "RUN_NOT_FOUND"),
        ("GET", "/v1/runs/nonsense", 404, "RUN_NOT_FOUND"),
        ("GET", "/v1/assets/0198f2a4-5c1e-7b21-9f37-0c6f4e1d2a90", 404, "ASSET_NOT_FOUND"),
        ("GET", "/v2/runs", 404, "NOT_FOUND"),
        ("DELETE", "/v1/runs", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/v1/models/google/nano-banana-2/runs", 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_an_address_or_method_that_is_not_there_is_answered_in_the_envelope(
    call: Caller, method: str, path: str, status: int, code: str
) -> None:
    answer = call.request(method, path, json={"input": {"prompt": "a fox"}} if method == "POST" else None)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]


@pytest.mark.parametrize(
    "raw", [b"", b"{", b'{"input": NaN}', b"\xff", b'{"input": {"prompt": "\\ud800 abc"}}', b"[" * 99_999]
)
def test_400_for_a_body_that_is_no_json(call: Caller, raw: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = call.post(f"/v1/models/{NANO_2}/runs", content=raw, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


def test_415_for_a_form(call: Caller) -> None:
    assert call.post(f"/v1/models/{NANO_2}/runs", data={"input": "x"}).status_code == 415


def test_413_for_a_body_beyond_the_limit() -> None:
    with EmbeddedSandbox(maximum_body=1000) as sandbox, caller(sandbox) as call:
        assert call.create(prompt="x" * 1000).status_code == 413
        assert sandbox.book.runs == ()


def refused_fields(answer: httpx.Response) -> list[list[Any]]:
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "VALIDATION_ERROR"
    assert all(error["msg"] for error in answer.json()["errors"])
    return [error["loc"] for error in answer.json()["errors"]]


def valid(model: str, **given: Any) -> dict[str, Any]:
    pictures = {"image_urls": [PICTURE]} if CATALOG[model].edits else {}
    return {"prompt": "a fox", **pictures, **given}


def text_values() -> list[Any]:
    return [5, 1.5, True, None, [], {}]


WRONG: dict[str, list[Any]] = {
    "prompt": ["ab", "x" * 50_001, "a\0bc", *text_values()],
    "resolution": ["2k", "3K", "", *text_values()],
    "aspect_ratio": ["16x9", "wide", "1:1 ", *text_values()],
    "enable_web_search": ["true", 1, 0, None, "", []],
    "thinking_level": ["low", "High", *text_values()],
    "num_images": [0, 5, -1, "2", 1.0, True, None],
    "output_format": ["jpg", "PNG", "gif", *text_values()],
    "safety_tolerance": ["0", "7", 0, 7, 4.0, True, None, ""],
    "seed": ["7", 1.5, True, None],
    "limit_generations": ["false", 0, None],
    "sync_mode": ["false", 1, None],
    "image_urls": [PICTURE, [], [1], [""], [None], None, {}, ["ftp://example.org/a.png"], ["cat.png"],
                   ["data:image/png;base64,@@@"], ["runflow://assets/0198f2a4-5c1e-7b21-9f37-0c6f4e1d2a90"]],
}  # fmt: skip


@pytest.mark.parametrize(
    ("model", "name"), [(spec.id, field.name) for spec in CATALOG.values() for field in spec.fields]
)
def test_each_field_refuses_every_wrong_value_by_name(call: Caller, model: str, name: str) -> None:
    for value in WRONG[name]:
        answer = call.post(f"/v1/models/{model}/runs", json={"input": valid(model, **{name: value})})
        assert [loc[:3] for loc in refused_fields(answer)] == [["body", "input", name]], value


@pytest.mark.parametrize("model", list(CATALOG))
def test_every_listed_value_is_taken_and_comes_back_as_it_was_sent(model: str) -> None:
    spec = CATALOG[model]
    with EmbeddedSandbox(balance=Decimal(100)) as sandbox, caller(sandbox) as call:
        for field in spec.fields:
            for value in field.allowed or samples(field):
                body = {"input": valid(model, **{field.name: value})}
                answer = call.post(f"/v1/models/{model}/runs", json=body)
                assert answer.status_code == 201, (field.name, value, answer.text)
                assert answer.json()["input"] == body["input"]


def samples(field: Field) -> list[Any]:
    """Values at the edges of what a field without a list takes."""
    if field.type == "boolean":
        return [True, False]
    if field.type == "image_list":
        return [[PICTURE] * 3]
    if field.type == "integer":
        return [field.minimum or -5, field.maximum or 2**40]
    return ["x" * int(field.minimum or 1), "x" * int(field.maximum or 9)]


def test_all_wrong_fields_come_in_one_answer(call: Caller) -> None:
    body = {
        "input": {"resolution": "2k", "aspect_ratio": "16x9", "num_images": 9, "zoom": 2},
        "metadata": [],
        "callback_url": "ftp://example.org",
        "client_ref": 5,
        "webhook": "x",
    }
    fields = refused_fields(call.post(f"/v1/models/{NANO_2}/runs", json=body))
    assert fields == [
        ["body", "input", "prompt"],
        ["body", "input", "resolution"],
        ["body", "input", "aspect_ratio"],
        ["body", "input", "num_images"],
        ["body", "input", "zoom"],
        ["body", "callback_url"],
        ["body", "metadata"],
        ["body", "client_ref"],
        ["body", "webhook"],
    ]


@pytest.mark.server("request/input")
@pytest.mark.parametrize("body", [[], 5, "x", {}, {"input": None}, {"input": []}])
def test_a_body_without_an_input_object_is_refused(call: Caller, body: Any) -> None:
    assert refused_fields(call.post(f"/v1/models/{NANO_2}/runs", json=body))[0][0] == "body"


def test_an_edit_model_needs_pictures_and_a_text_model_takes_none(call: Caller) -> None:
    assert refused_fields(call.create(EDIT)) == [["body", "input", "image_urls"]]
    assert refused_fields(call.create(NANO_2, image_urls=[PICTURE])) == [["body", "input", "image_urls"]]


def test_models_refuse_what_only_others_offer(call: Caller) -> None:
    assert refused_fields(call.create(PRO, resolution="0.5K")) == [["body", "input", "resolution"]]
    assert refused_fields(call.create(PRO, thinking_level="high")) == [["body", "input", "thinking_level"]]
    assert refused_fields(call.create(PRO, aspect_ratio="8:1")) == [["body", "input", "aspect_ratio"]]


def test_inferred_limits_can_be_switched_off_but_never_the_number_of_images() -> None:
    with EmbeddedSandbox(latency=0, enforce_inferred=False) as sandbox, caller(sandbox) as call:
        assert call.made(PRO, aspect_ratio="8:1")["output"]["outputs"][0]["width"] == 2896
        assert call.create(PRO, prompt="ab").status_code == 201
        assert refused_fields(call.create(NANO_2, prompt="ab")) == [["body", "input", "prompt"]]
        assert refused_fields(call.create(PRO, num_images=5)) == [["body", "input", "num_images"]]
        assert refused_fields(call.create(PRO, aspect_ratio="wide")) == [["body", "input", "aspect_ratio"]]


def test_unknown_keys_can_be_switched_to_be_ignored() -> None:
    with EmbeddedSandbox(latency=0, refuse_unknown=False) as sandbox, caller(sandbox) as call:
        assert call.create(zoom=2).status_code == 201


def test_rate_limit_headers_are_absent_unless_switched_on(call: Caller) -> None:
    assert not any("ratelimit" in name for name in call.get("/v1/health").headers)
    with EmbeddedSandbox(rate_limit_headers=True) as sandbox, caller(sandbox) as other:
        headers = other.get("/v1/runs").headers
        assert int(headers["x-ratelimit-remaining"]) < int(headers["x-ratelimit-limit"])
        assert int(headers["x-ratelimit-reset"]) > 0
