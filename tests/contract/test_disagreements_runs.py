"""Where the sources of the API disagree about runs: the side that the service takes, and that the client takes any."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from runflow_nb.api.wire import parse, read_run
from tests.contract.endings import Told
from tests.contract.pages import NANO_2, OUTPUT
from tests.contract.service import Service
from tests.contract.speaking import WHY, read_again

NAMES = ["two small", "every field", "inline", "every field of an edit", "two inline edits"]
STATES = ["queued", "dispatching", "running", "succeeded", "failed", "canceled", "partial_succeeded"]


@pytest.mark.both("14/cancelled-on-runs")
def test_a_run_that_was_stopped_is_canceled(endings: dict[str, Told]) -> None:
    run, _, _ = endings["run.cancelled"]
    assert (run["status_code"], run["output"]) == ("canceled", None)
    assert (read_again(run).status, read_again(run).ended) == ("canceled", True)


@pytest.mark.both("14/failure-fields")
def test_why_a_run_failed_stands_in_three_members(endings: dict[str, Told]) -> None:
    run, _, _ = endings["run.failed"]
    told = run["failure_code"], run["failure_stage_code"], run["failure_message"]
    assert told == ("PROVIDER_ERROR", "execution", WHY)
    failure = read_again(run).failure
    assert failure is not None
    assert (failure.code, failure.stage, failure.message) == told


@pytest.mark.server("14/state-field", "14/end-time")
def test_state_and_end_are_called_status_code_and_completed_at(service: Service) -> None:
    told = service.told(service.made("two small"))
    assert told["status_code"] == "succeeded"
    assert told["completed_at"] > told["created_at"]
    assert not {"status", "finished_at"} & told.keys()


@pytest.mark.client("14/state-field", "14/unlisted-states", "14/partial-succeeded")
@pytest.mark.parametrize("name", NAMES)
def test_the_client_knows_that_a_run_has_succeeded_whatever_that_is_called(service: Service, name: str) -> None:
    made = service.made(name)
    asked = made.input.get("num_images", 1)
    whole = service.delivered(asked) == asked
    assert made.run.status == ("succeeded" if whole else "partial_succeeded")
    assert len(made.run.images) == service.delivered(asked)


@pytest.mark.client("14/end-time", "14/timestamps")
@pytest.mark.parametrize("name", NAMES)
def test_the_client_knows_when_a_run_began_and_ended(service: Service, name: str) -> None:
    """Of what it heard last of the run: how long it took is told twice."""
    made = service.made(name)
    heard = [each for each in service.seen if each.path == f"/v1/runs/{made.run.run_id}"][-1]
    run = read_run(parse(heard.answer))
    assert run.created_at is not None
    assert run.completed_at is not None
    assert run.duration_ms is not None
    assert run.created_at.utcoffset() == run.completed_at.utcoffset() == timedelta(0)
    assert abs(run.completed_at - datetime.now(UTC)) < timedelta(minutes=15)
    assert abs(run.completed_at - run.created_at - timedelta(milliseconds=run.duration_ms)) < timedelta(seconds=1)


@pytest.mark.server("14/timestamps")
def test_times_end_in_z(service: Service) -> None:
    told = service.told(service.made("two small"))
    for name in ("created_at", "started_at", "completed_at"):
        assert told[name].endswith("Z")


@pytest.mark.server("14/unlisted-states")
def test_there_are_seven_states(service: Service) -> None:
    items = service.http.get("/v1/runs/statuses").json()["items"]
    assert sorted(each["code"] for each in items) == sorted(STATES)


@pytest.mark.server("14/partial-succeeded")
def test_a_run_of_several_pictures_succeeds_whole(service: Service) -> None:
    told = service.told(service.made("two small"))
    assert (told["status_code"], len(told["output"]["outputs"])) == ("succeeded", 2)


@pytest.mark.server("14/create-id", "14/create-status")
@pytest.mark.parametrize("name", NAMES)
def test_a_create_is_answered_with_201_and_an_id(service: Service, name: str) -> None:
    created = service.made(name).created
    assert created.status == 201
    assert uuid.UUID(created.json["id"])
    assert "run_id" not in created.json


@pytest.mark.client("14/create-id", "14/create-status")
@pytest.mark.parametrize("name", NAMES)
def test_the_client_asks_for_the_run_that_it_was_named(service: Service, name: str) -> None:
    made = service.made(name)
    assert 200 <= made.created.status < 300
    assert made.run.run_id
    assert made.run.run_id.encode() in made.created.answer
    asked = [each for each in service.seen if each.path == f"/v1/runs/{made.run.run_id}"]
    assert {each.status for each in asked} == {200}
    assert not [each for each in service.seen if "client_ref" in each.query], "it had to be searched for"


@pytest.mark.server("14/idempotency")
def test_a_key_replays_its_create_and_refuses_another_body(service: Service) -> None:
    first, second = service.sent("sent twice")
    assert first.json == second.json
    assert 200 <= second.status < 300
    (other,) = service.sent("same key, other body")
    assert (other.status, other.json["code"]) == (409, "CONFLICT")


@pytest.mark.client("14/idempotency")
def test_the_client_sends_a_fresh_key_with_every_create(service: Service) -> None:
    made = [service.made(name) for name in NAMES]
    keys = [each.created.headers["idempotency-key"] for each in made]
    assert keys == [each.run.key for each in made]
    assert len(set(keys)) == len(keys)


@pytest.mark.server("14/output-shape")
def test_output_is_the_table_of_the_pages_and_no_older_shape(service: Service) -> None:
    output = service.told(service.made("two small"))["output"]
    assert output.keys() == set(OUTPUT)


@pytest.mark.client("14/output-shape")
@pytest.mark.parametrize("name", NAMES)
def test_the_client_finds_every_picture_wherever_it_stands(service: Service, name: str) -> None:
    made = service.made(name)
    images = made.run.images
    assert len(images) == service.delivered(made.input.get("num_images", 1))
    wanted = made.input.get("output_format", "png")
    assert {image.format for image in images} == {wanted}


@pytest.mark.client("14/run-url")
def test_the_client_creates_runs_at_no_other_address(service: Service) -> None:
    for name in NAMES:
        service.made(name)
    posted = {each.path for each in service.seen if each.method == "POST" and "asset-uploads" not in each.path}
    assert posted == {service.made(name).created.path for name in NAMES}
    assert all(path.startswith("/v1/models/") and path.endswith("/runs") for path in posted)


@pytest.mark.server("14/run-url")
def test_the_older_address_is_not_there(service: Service) -> None:
    (exchange,) = service.sent("the older address")
    assert exchange.path == f"/v1/run/{NANO_2.model}"
    assert exchange.status == 404


@pytest.mark.client("14/batch-body")
def test_the_client_sends_no_batch_however_many_runs_it_makes(service: Service) -> None:
    for name in NAMES:
        service.made(name)
    assert len([each for each in service.seen if each.method == "POST" and each.path.endswith("/runs")]) >= len(NAMES)
    assert not [each for each in service.seen if "batches" in each.path]


@pytest.mark.server("14/batch-body")
def test_a_model_of_googles_takes_no_batch(service: Service) -> None:
    (exchange,) = service.sent("a batch")
    assert exchange.status == 422
