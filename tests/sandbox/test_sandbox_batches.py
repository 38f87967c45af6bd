"""Batches, which are judged whole and then refused; logs and steps of runs, of which there are none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from runflow_nb.sandbox.batches import LARGEST

from ..sandboxes import running
from .conftest import EDIT, NANO_2, Caller, caller

FOX = {"prompt": "a fox in the snow"}
UNKNOWN = "0198f2a4-5c1e-7b21-9f37-0c6f4e1d2a90"


@pytest.fixture(scope="module")
def items() -> Iterator[Caller]:
    """A service whose batches are written as a guide has them."""
    with running(dialects=frozenset({"batch-items"})) as sandbox, caller(sandbox) as call:
        yield call


def refused(call: Caller, body: Any, model: str = NANO_2) -> list[list[Any]]:
    answer = call.post(f"/v1/models/{model}/batches", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    return [error["loc"] for error in answer.json()["errors"]]


@pytest.mark.server("14/batch-body")
@pytest.mark.parametrize("model", [NANO_2, "google/nano-banana-pro"])
def test_googles_models_take_no_batches(call: Caller, model: str) -> None:
    body = {"input": [FOX, {**FOX, "client_ref": "x" * 255}], "metadata": {}, "callback_url": "http://127.0.0.1:9/"}
    assert refused(call, body, model) == [["path", "model_id"]]


def test_a_batch_has_1_to_100_items(call: Caller) -> None:
    for wrong in ([], [FOX] * (LARGEST + 1), None, {}, FOX, "x"):
        assert refused(call, {"input": wrong}) == [["body", "input"]]
    assert refused(call, {"input": [FOX] * LARGEST}) == [["path", "model_id"]]
    assert refused(call, {}) == refused(call, {"items": [{"input": FOX}]}) == [["body", "input"]]
    assert refused(call, []) == [["body"]]


def test_everything_that_is_wrong_with_its_items_is_named(call: Caller) -> None:
    wrong = [FOX, {"resolution": "3K"}, 5, {**FOX, "client_ref": "x" * 256}, {**FOX, "zoom": 2}]
    assert refused(call, {"input": wrong, "metadata": 5, "callback_url": "ftp://x"}) == [
        ["body", "input", 1, "prompt"],
        ["body", "input", 1, "resolution"],
        ["body", "input", 2],
        ["body", "input", 3, "client_ref"],
        ["body", "input", 4, "zoom"],
        ["body", "callback_url"],
        ["body", "metadata"],
    ]
    assert refused(call, {"input": [{**FOX, "image_urls": [5]}]}, EDIT) == [["body", "input", 0, "image_urls", 0]]


@pytest.mark.server("14/batch-body")
def test_items_hold_an_input_each_on_another_page(items: Caller) -> None:
    assert refused(items, {"items": [{"input": FOX, "client_ref": "a"}]}) == [["path", "model_id"]]
    assert refused(items, {"input": [FOX]}) == [["body", "items"]]
    assert refused(items, {"items": [FOX, {"input": {}}, {"input": FOX, "client_ref": 5}]}) == [
        ["body", "items", 0, "input"],
        ["body", "items", 1, "input", "prompt"],
        ["body", "items", 2, "client_ref"],
    ]


def test_there_is_no_batch_to_be_read_and_none_for_a_model_that_is_not_there(call: Caller) -> None:
    for path in (UNKNOWN, f"{UNKNOWN}/items", f"{UNKNOWN}/items/{UNKNOWN}", "nonsense"):
        answer = call.get(f"/v1/batches/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "BATCH_NOT_FOUND")
    answer = call.post("/v1/models/google/nano-banana-9/batches", json={"input": [FOX]})
    assert (answer.status_code, answer.json()["code"]) == (404, "MODEL_NOT_FOUND")


def test_a_run_has_neither_logs_nor_steps_and_a_foreign_one_is_not_there(call: Caller) -> None:
    run = call.made()
    assert (run["has_logs"], run["has_node_runs"]) == (False, False)
    for path in ("logs", "node-runs"):
        assert call.get(f"/v1/runs/{run['id']}/{path}").json() == {"items": []}
        assert call.get(f"/v1/runs/{UNKNOWN}/{path}").json()["code"] == "RUN_NOT_FOUND"
    assert call.get(f"/v1/runs/{run['id']}/logs/{UNKNOWN}").json()["code"] == "NOT_FOUND"
    assert call.get(f"/v1/runs/{UNKNOWN}/logs/{UNKNOWN}").json()["code"] == "RUN_NOT_FOUND"
