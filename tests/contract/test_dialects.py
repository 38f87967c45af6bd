"""Whatever side of a disagreement a service takes, a run is bought once and reads the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

import runflow_nb
from runflow_nb.errors import RunFailed
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.contract.speaking import MODEL, OWL, WHY, read_again, row, speaking, web
from tests.engine.test_recovery import Skipping
from tests.sandbox.told import wait_until
from tests.sandboxes import running

LATENCY = 0.25
"""Seconds in which a run can be seen to go on: the first question of a new client comes after 0.12."""


pytestmark = pytest.mark.usefixtures("painted_once")
USUAL: list[tuple[Any, ...]] = []
"""The facts of the same run in the default, once it was made."""


@pytest.fixture(scope="module")
def plain() -> Iterator[EmbeddedSandbox]:
    with running() as sandbox:
        yield sandbox


def facts(run: Run) -> tuple[Any, ...]:
    """What a person has of a run."""
    pictures = [(image.sha256, image.width, image.height, image.format) for image in run.images]
    return run.status, run.cost, run.seed, run.seeds.sent, pictures, run.failure, run.completed_at is not None


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


@pytest.mark.both("14/cancelled-on-runs", dialect="state-cancelled")
def test_a_cancelled_run_ends_the_wait_in_either_spelling(open_session: OpenSession) -> None:
    with speaking("state-cancelled", faults="create: cancels") as sandbox, web(sandbox) as http:
        open_session(sandbox.url, clock=Skipping())
        with pytest.raises(RunFailed):
            runflow_nb.generate("an owl", **OWL)
        (run,) = runflow_nb.history(all=True)
        assert http.get(f"/v1/runs/{run.run_id}").json()["status_code"] == "cancelled"
        assert (run.status, run.cost) == ("canceled", Decimal(0))


@pytest.mark.both("14/partial-succeeded", dialect="partial")
def test_of_a_run_that_succeeded_in_part_what_came_is_kept(open_session: OpenSession) -> None:
    with speaking("partial") as sandbox:
        open_session(sandbox.url, clock=Skipping())
        run = runflow_nb.generate("an owl", **OWL, num_images=2)
        assert (run.status, len(run.images), run.cost) == ("partial_succeeded", 1, Decimal("0.06"))
        assert runflow_nb.generate("an owl", **OWL).status == "succeeded"
