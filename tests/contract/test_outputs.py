"""Every field of an output is read back: from the run at once, and from the record by whoever opens the store later."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
from PIL import Image

import runflow_nb
from runflow_nb.engine.connection import SANDBOX_TOKEN
from runflow_nb.engine.session import Session
from runflow_nb.models.catalog import CATALOG
from runflow_nb.record.preview import make_preview
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.contract.pages import OUTPUT as OUTPUT_MEMBERS
from tests.http_server import Heard, HttpServer, relay

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[EmbeddedSandbox]:
    """One for all tests here: none looks at what another left in its book."""
    with EmbeddedSandbox(latency=0, balance=10_000) as running:
        yield running


def told(sandbox: EmbeddedSandbox, run: Run) -> dict[str, Any]:
    """The run as the sandbox itself tells of it."""
    headers = {"Authorization": f"Bearer {SANDBOX_TOKEN.reveal()}"}
    answer: dict[str, Any] = httpx.get(f"{sandbox.url}/v1/runs/{run.run_id}", headers=headers, trust_env=False).json()
    return answer


def on_record(open_session: OpenSession, run: Run) -> Run:
    """The same run as another session finds it in the store."""
    open_session("http://127.0.0.1:9")
    (found,) = runflow_nb.history(all=True)
    assert found.id == run.id
    return found


@pytest.mark.client("output/outputs")
@pytest.mark.parametrize("count", [1, 2, 4])
def test_outputs_are_kept_in_their_order_byte_for_byte(
    count: int, sandbox: EmbeddedSandbox, session: Session, open_session: OpenSession
) -> None:
    run = runflow_nb.generate("an owl", num_images=count, **QUICK)
    outputs = told(sandbox, run)["output"]["outputs"]
    assert len(run.images) == len(outputs) == count
    for index, (image, output) in enumerate(zip(run.images, outputs, strict=True)):
        delivered = httpx.get(output["url"], trust_env=False).content
        assert image.bytes == delivered == image.path.read_bytes()
        assert image.sha256 == hashlib.sha256(delivered).hexdigest()
        assert (image.index, image.size) == (index, len(delivered))
        assert (image.width, image.height) == (output["width"], output["height"])
    assert len({image.sha256 for image in run.images}) == count
    assert on_record(open_session, run).images == run.images


@pytest.mark.parametrize("name", ["jpeg", "png", "webp"])
def test_the_format_asked_for_is_the_format_kept(name: str, session: Session) -> None:
    (image,) = runflow_nb.generate("an owl", resolution="0.5K", output_format=name).images
    assert (image.format, image.mime) == (name, f"image/{name}")
    assert image.path.suffix == {"jpeg": ".jpg"}.get(name, f".{name}")
    with image.pil as opened:
        assert opened.format == name.upper()


@pytest.mark.parametrize(
    ("model", "resolution", "ratio", "size"),
    [
        ("google/nano-banana-2", "0.5K", "1:1", (512, 512)),
        ("google/nano-banana-2", "0.5K", "1:8", (180, 1448)),
        ("google/nano-banana-2", "1K", "16:9", (1364, 768)),
        ("google/nano-banana-2", "2K", "1:1", (2048, 2048)),
        ("google/nano-banana-pro", "1K", "21:9", (1564, 672)),
        ("google/nano-banana-pro", "4K", "1:1", (4096, 4096)),
    ],
)
def test_the_size_of_each_tier_and_ratio_is_read_back_without_a_complaint(
    model: str, resolution: str, ratio: str, size: tuple[int, int], session: Session
) -> None:
    run = runflow_nb.generate("an owl", model=model, resolution=resolution, aspect_ratio=ratio, output_format="jpeg")
    (image,) = run.images
    with image.pil as opened:
        assert opened.size == (image.width, image.height) == size
    assert run.notes == ()


@pytest.mark.both("nano-banana-2/price/base", "nano-banana-2/price/note")
@pytest.mark.parametrize(
    ("given", "cost"),
    [
        ({"resolution": "1K"}, "0.08"),
        ({"resolution": "0.5K"}, "0.06"),
        ({"resolution": "0.5K", "num_images": 3}, "0.18"),
        ({"resolution": "1K", "enable_web_search": True, "thinking_level": "high"}, "0.097"),
        ({"model": "pro"}, "0.15"),
    ],
)
def test_the_cost_is_what_the_api_billed_to_the_last_digit(
    given: dict[str, Any], cost: str, sandbox: EmbeddedSandbox, session: Session, open_session: OpenSession
) -> None:
    run = runflow_nb.generate("an owl", output_format="jpeg", **given)
    (booked,) = sandbox.book.of(run.id)
    assert isinstance(run.cost, Decimal)
    assert run.cost == booked.billed == Decimal(cost)
    assert runflow_nb.history(all=True).cost() == {"sandbox": Decimal(cost)}
    assert on_record(open_session, run).cost == run.cost


@pytest.mark.client("output/seed", "output/nsfw_detected", "output/timing", "output/model_data")
def test_what_every_field_says_is_the_same_for_whoever_reads_the_record_later(
    sandbox: EmbeddedSandbox, session: Session, open_session: OpenSession
) -> None:
    run = runflow_nb.generate("an owl", seed=7, **QUICK)
    answer = told(sandbox, run)
    output = answer["output"]
    assert run.status == answer["status_code"] == "succeeded"
    assert dataclasses.astuple(run.seeds) == (7, 7, output["seed"]) == (7, 7, 7)
    assert run.nsfw is output["nsfw_detected"] is False
    assert run.timing == output["timing"]
    assert run.model_data == output["model_data"]
    assert run.duration == answer["duration_ms"] / 1000
    assert run.org_id == answer["org_id"]
    assert on_record(open_session, run) == run


OUTPUT = [
    ("seed", 1234, "returned", 1234),
    ("seed", "1234", "returned", 1234),
    ("seed", None, "returned", None),
    ("nsfw_detected", True, "nsfw", True),
    ("nsfw_detected", False, "nsfw", False),
    ("nsfw_detected", None, "nsfw", None),
    ("timing", {"inference_ms": 8421, "queue": [1, 2]}, "timing", {"inference_ms": 8421, "queue": [1, 2]}),
    ("timing", None, "timing", None),
    (
        "model_data",
        {"actual_prompt": "an owl, 猫", "masks": []},
        "model_data",
        {"actual_prompt": "an owl, 猫", "masks": []},
    ),
    ("model_data", None, "model_data", None),
    ("cost", "0.0612345678", "cost", Decimal("0.0612345678")),
    ("cost", 0.06, "cost", Decimal("0.06")),
    ("cost", None, "cost", None),
    ("duration_ms", 9120, "duration", 9.12),
]


def about(name: str) -> Any:
    """The mark of this member's line, where it is one of an output."""
    return [pytest.mark.client(f"output/{name}")] if name in OUTPUT_MEMBERS else []


@pytest.mark.parametrize(
    ("name", "value", "attribute", "read"),
    [pytest.param(*row, id=f"{row[0]}={row[1]}", marks=about(row[0])) for row in OUTPUT],
)
def test_each_field_of_an_answer_is_read_back(
    name: str, value: Any, attribute: str, read: Any, sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    def change(heard: Heard, answer: Any) -> Any:
        if answer.get("output"):
            place = answer if name in answer else answer["output"]
            assert name in place
            place[name] = value
        return answer

    with HttpServer(relay(sandbox.url, change)) as server:
        open_session(server.url)
        run = runflow_nb.generate("an owl", seed=7, **QUICK)
        for known in (run, on_record(open_session, run)):
            holder = known.seeds if attribute == "returned" else known
            assert getattr(holder, attribute) == read
            assert (known.seed, known.seeds.asked) == (7, 7)


@pytest.mark.client("output/seed")
def test_a_seed_that_the_provider_does_not_report_is_never_claimed(open_session: OpenSession) -> None:
    with EmbeddedSandbox(latency=0, report_seed=False) as silent:
        open_session(silent.url)
        run = runflow_nb.generate("an owl", **QUICK)
        assert run.seeds.returned is None
        assert run.seed == run.seeds.sent == silent.book.received[0].body["input"]["seed"]


def test_a_flagged_picture_is_kept_whole_and_shown_blurred(sandbox: EmbeddedSandbox, open_session: OpenSession) -> None:
    def flag(_: Heard, answer: Any) -> Any:
        if answer.get("output"):
            answer["output"]["nsfw_detected"] = True
        return answer

    with HttpServer(relay(sandbox.url, flag)) as server:
        open_session(server.url)
        run = runflow_nb.generate("an owl", **QUICK)
        assert run.preview is not None
        path = run.images[0].path
        assert run.preview.path.read_bytes() == make_preview([path], blur=True)[0] != make_preview([path])[0]


@pytest.mark.parametrize("mode", ["read", "answer"])
@pytest.mark.parametrize("model", CATALOG)
def test_sync_mode_brings_its_pictures_in_the_answer_and_they_are_kept_like_any_other(
    model: str, mode: Any, open_session: OpenSession
) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (32, 32), "teal").save(stream, "PNG")
    with EmbeddedSandbox(latency=0, sync_mode=mode) as inline:
        open_session(inline.url)
        run = runflow_nb.generate(
            "an owl",
            model=model,
            images=[stream.getvalue()] if CATALOG[model].edits else [],
            sync_mode=True,
            num_images=2,
            output_format="jpeg",
        )
        assert [image.format for image in run.images] == ["jpeg", "jpeg"]
        assert all(image.path.exists() for image in run.images)
        assert run.notes == ("made with sync_mode: it cannot be fetched again",)
        assert not [name for name in inline.book.requests if "outputs" in name]
        again = runflow_nb.generate(
            "an owl",
            model=model,
            images=[stream.getvalue()] if CATALOG[model].edits else [],
            num_images=2,
            output_format="jpeg",
        )
        assert again == run
        assert len(inline.book.runs) == 1
