"""The table of outputs, as the service tells it and as the client reads it."""

from __future__ import annotations

import hashlib
import io

import httpx
import pytest
from PIL import Image

from tests.contract.pages import OUTPUT
from tests.contract.service import Service

NAMES = ["two small", "every field", "every field of an edit"]


@pytest.mark.server(*(f"output/{name}" for name in OUTPUT))
@pytest.mark.parametrize("name", NAMES)
def test_an_output_has_the_members_of_the_table(service: Service, name: str) -> None:
    output = service.told(service.made(name))["output"]
    assert output.keys() >= set(OUTPUT)


@pytest.mark.server("output/outputs")
@pytest.mark.parametrize("name", NAMES)
def test_there_is_an_entry_for_each_artifact_and_its_link_leads_to_it(service: Service, name: str) -> None:
    made = service.made(name)
    entries = service.told(made)["output"]["outputs"]
    assert len(entries) == made.input["num_images"]
    for entry in entries:
        assert entry["type"] == "image"
        with Image.open(io.BytesIO(httpx.get(entry["url"], trust_env=False).content)) as picture:
            assert picture.size == (entry["width"], entry["height"])


@pytest.mark.client("output/outputs")
@pytest.mark.parametrize("name", NAMES)
def test_the_client_keeps_each_artifact_byte_for_byte_with_its_size(service: Service, name: str) -> None:
    made = service.made(name)
    assert len(made.run.images) == service.delivered(made.input["num_images"])
    for image in made.run.images:
        assert image.sha256 == hashlib.sha256(image.path.read_bytes()).hexdigest()
        with image.pil as picture:
            assert picture.size == (image.width, image.height)
    assert len({image.sha256 for image in made.run.images}) == len(made.run.images)


@pytest.mark.server("output/seed")
def test_the_seed_is_the_one_that_was_sent_or_null(service: Service) -> None:
    made = service.made("every field")
    assert service.told(made)["output"]["seed"] in (made.input["seed"], None)


@pytest.mark.client("output/seed")
@pytest.mark.parametrize("name", NAMES)
def test_the_client_tells_the_seed_that_came_back_from_the_one_that_was_sent(service: Service, name: str) -> None:
    made = service.made(name)
    assert made.run.seeds.sent == made.input["seed"]
    assert made.run.seeds.asked == (7 if "every field" in name else None)
    assert made.run.seeds.returned in (made.input["seed"], None)


@pytest.mark.server("output/nsfw_detected")
def test_whether_it_was_flagged_is_true_false_or_null(service: Service) -> None:
    flagged = service.told(service.made("two small"))["output"]["nsfw_detected"]
    assert flagged is None or isinstance(flagged, bool)


@pytest.mark.server("output/timing", "output/model_data")
def test_timing_and_what_only_this_model_tells_are_objects_or_null(service: Service) -> None:
    output = service.told(service.made("two small"))["output"]
    for name in ("timing", "model_data"):
        assert output[name] is None or isinstance(output[name], dict)
    assert "inference_ms" in (output["timing"] or {"inference_ms": None})


@pytest.mark.client("output/nsfw_detected", "output/timing", "output/model_data")
def test_the_client_reads_them_as_they_were_told(service: Service) -> None:
    run = service.made("two small").run
    last = [each for each in service.seen if each.method == "GET" and each.path == f"/v1/runs/{run.run_id}"][-1]
    output = last.json["output"] if isinstance(last.json["output"], dict) else {}
    assert (run.nsfw, run.timing, run.model_data) == tuple(
        output.get(name) for name in ("nsfw_detected", "timing", "model_data")
    )
