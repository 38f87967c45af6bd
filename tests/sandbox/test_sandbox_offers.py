"""Runs of the sandbox's own models: what they take, deliver and bill."""

from __future__ import annotations

import base64
import wave
from contextlib import ExitStack
from decimal import Decimal
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image, ImageChops, ImageStat

from runflow_nb.models.spec import Field
from runflow_nb.sandbox.offers.table import OFFERS

from ..http_server import Answer, HttpServer
from ..sandboxes import running
from .conftest import Caller, caller
from .films import read_film
from .test_sandbox_files import png
from .told import wait_until

OWN = [model for model in OFFERS if model.startswith("sandbox/")]
PICTURE = "https://example.org/a.png"
LEAST: dict[str, dict[str, Any]] = {
    "sandbox/sketch": {"prompt": "a fox in the snow"},
    "sandbox/sketch/edit": {"prompt": "ink", "image_url": PICTURE},
    "sandbox/collage": {"prompt": "warm", "image_urls": [PICTURE, PICTURE]},
    "sandbox/flipbook": {"prompt": "a boat at sea", "duration": 1, "fps": 4},
    "sandbox/jingle": {"prompt": "rain", "duration": 1},
    "sandbox/upscale": {"image_url": PICTURE},
}
WRONG: dict[str, list[Any]] = {
    "string": [5, None, [], {}],
    "integer": ["2", 1.5, True, None],
    "number": ["2", True, None, []],
    "boolean": ["true", 1, None],
    "image": ["", 5, None, [PICTURE], "ftp://example.org/a.png", "data:image/png;base64,@@@"],
    "image_list": [PICTURE, [], [""], None],
}


def send(call: Caller, model: str, /, **given: Any) -> httpx.Response:
    return call.post(f"/v1/models/{model}/runs", json={"input": given})


def made(call: Caller, model: str, /, **given: Any) -> dict[str, Any]:
    answer = send(call, model, **{**LEAST[model], **given})
    assert answer.status_code == 201, answer.text
    return call.finish(answer.json()["id"])


def files(run: dict[str, Any]) -> list[httpx.Response]:
    assert run["status_code"] == "succeeded", run
    return [httpx.get(each["url"], trust_env=False) for each in run["output"]["outputs"]]


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def inline_png(size: tuple[int, int]) -> str:
    return "data:image/png;base64," + base64.b64encode(png("red", size)).decode()


def beyond(field: Field) -> list[Any]:
    """Values of the right type that are no values of the field."""
    if field.allowed:
        return ["", field.allowed[0] + " ", "nothing"]
    if field.shape:
        return ["red", "#112233", ""]
    edges = [each for each in (field.minimum, field.maximum) if each is not None]
    if field.type == "string":
        return ["x" * (int(each) - 1 if each == field.minimum else int(each) + 1) for each in edges]
    return [each - 1 if each == field.minimum else each + 1 for each in edges]


def edges(field: Field) -> list[Any]:
    """Values that are just taken."""
    if field.shape:
        return ["#112233,#FFeedd", "#000000,#888888,#ffffff"]
    bounds = [each for each in (field.minimum, field.maximum) if each is not None]
    if field.type == "string":
        return list(field.allowed) or ["x" * int(each) for each in bounds]
    return [True, False] if field.type == "boolean" else [*bounds, *([7.25] if field.type == "number" else [])]


@pytest.mark.parametrize("model", OWN)
def test_what_a_model_does_not_take_is_refused_by_name(call: Caller, model: str) -> None:
    for field in OFFERS[model].spec.fields:
        for value in WRONG[field.type] + beyond(field):
            answer = send(call, model, **{**LEAST[model], field.name: value})
            assert answer.status_code == 422, (field.name, value)
            assert [error["loc"][:3] for error in answer.json()["errors"]] == [["body", "input", field.name]], value
    every = send(call, model, zoom=2).json()["errors"]
    missing = [field.name for field in OFFERS[model].spec.fields if field.required]
    assert [error["loc"][2] for error in every] == [*missing, "zoom"]


def test_what_a_model_takes_is_taken_and_comes_back_as_it_was_sent() -> None:
    with running(faults="create: hangs", balance=Decimal(100)) as sandbox, caller(sandbox) as call:
        for model in OWN:
            for field in OFFERS[model].spec.fields:
                for value in edges(field):
                    given = {**LEAST[model], field.name: value}
                    answer = send(call, model, **given)
                    assert (answer.status_code, answer.json().get("input")) == (201, given), answer.text


def test_a_sketch_is_pictures_that_follow_every_setting(call: Caller) -> None:
    run = made(call, "sandbox/sketch", seed=7, variations=2)
    assert [(each["type"], each["width"], each["height"]) for each in run["output"]["outputs"]] == [
        ("image", 768, 768)
    ] * 2
    first, second = (file.content for file in files(run))
    assert first != second
    assert opened(first).size == (768, 768)
    [again] = files(made(call, "sandbox/sketch", seed=7))
    assert again.content == first
    changes = ({"style": "noir"}, {"guidance_scale": 2.5}, {"paper": True}, {"palette": "#330000,#ffdddd"}, {"seed": 8})
    for change in changes:
        [other] = files(made(call, "sandbox/sketch", **{"seed": 7, **change}))
        difference = ImageChops.difference(opened(other.content).convert("RGB"), opened(first).convert("RGB"))
        assert max(ImageStat.Stat(difference).mean) > 3, change


def test_a_single_picture_may_come_inline_and_stands_on_the_run_as_a_reference(call: Caller) -> None:
    inline = inline_png((300, 100))
    run = made(call, "sandbox/sketch/edit", image_url=inline)
    assert run["input"]["image_url"].startswith("runflow://assets/")
    [file] = files(run)
    assert opened(file.content).size == (768, 256)


def test_an_upscale_needs_no_words_and_is_larger(call: Caller) -> None:
    inline = inline_png((30, 20))
    [file] = files(made(call, "sandbox/upscale", image_url=inline, factor=4))
    assert opened(file.content).size == (120, 80)
    [smaller] = files(made(call, "sandbox/upscale", image_url=inline, sharpen=False))
    assert opened(smaller.content).size == (60, 40)


@pytest.mark.parametrize("model", ["sandbox/sketch/edit", "sandbox/collage", "sandbox/upscale"])
def test_a_file_that_is_no_picture_ends_the_run_and_costs_nothing(call: Caller, model: str) -> None:
    tune = made(call, "sandbox/jingle")["output"]["outputs"][0]["url"]
    run = made(call, model, **({"image_urls": [tune]} if "image_urls" in LEAST[model] else {"image_url": tune}))
    assert (run["status_code"], run["failure_code"], run["cost"]) == ("failed", "INPUT_UNREADABLE", "0")


def test_a_flipbook_is_a_film_that_players_open(call: Caller) -> None:
    run = made(call, "sandbox/flipbook", seed=3, duration=2, fps=8, aspect_ratio="1:1")
    [entry], [file] = run["output"]["outputs"], files(run)
    assert {name: entry[name] for name in entry if name != "url"} == {
        "type": "video", "width": 384, "height": 384, "duration": 2.0,
    }  # fmt: skip
    assert (file.headers["content-type"], int(file.headers["content-length"])) == ("video/x-msvideo", len(file.content))
    film = read_film(file.content)
    assert (film.seconds, film.rate, film.size, film.codec) == (2, 8, (384, 384), b"MJPG")
    pictures = film.pictures()
    assert {(each.format, each.size) for each in pictures} == {("JPEG", (384, 384))}
    assert len(set(film.frames)) == 16
    assert max(ImageStat.Stat(ImageChops.difference(pictures[0], pictures[-1])).mean) > 3
    part = httpx.get(entry["url"], headers={"Range": "bytes=0-11"}, trust_env=False)
    assert (part.status_code, part.content) == (206, file.content[:12])


def test_the_same_flipbook_is_the_same_bytes_and_another_seed_is_not(call: Caller) -> None:
    first, same, other = (files(made(call, "sandbox/flipbook", seed=seed))[0].content for seed in (3, 3, 4))
    assert first == same
    assert first != other


def test_a_looping_flipbook_comes_back_to_where_it_began(call: Caller) -> None:
    def ends_apart(**given: Any) -> float:
        pictures = read_film(files(made(call, "sandbox/flipbook", seed=3, fps=16, **given))[0].content).pictures()
        return max(ImageStat.Stat(ImageChops.difference(pictures[0], pictures[-1])).mean)

    assert ends_apart(loop=True) < ends_apart() / 3


def test_a_jingle_is_sound_that_follows_every_setting(call: Caller) -> None:
    run = made(call, "sandbox/jingle", seed=1, duration=2)
    [entry], [file] = run["output"]["outputs"], files(run)
    assert {name: entry[name] for name in entry if name != "url"} == {"type": "audio", "duration": 2.0}
    assert (file.headers["content-type"], int(file.headers["content-length"])) == ("audio/wav", len(file.content))
    with wave.open(BytesIO(file.content)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 22_050)
        assert sound.getnframes() == 44_100
        samples = memoryview(sound.readframes(44_100)).cast("h")
    assert 3_000 < max(map(abs, samples)) < 32_767
    for change in ({}, {"seed": 2}, {"instrument": "organ"}, {"tempo": 60}, {"prompt": "sun"}):
        [other] = files(made(call, "sandbox/jingle", **{"seed": 1, "duration": 2, **change}))
        assert (other.content == file.content) is (not change), change


@pytest.mark.parametrize(
    ("model", "given", "cost"),
    [
        ("sandbox/sketch", {"variations": 3}, "0.03"),
        ("sandbox/sketch/edit", {}, "0.02"),
        ("sandbox/collage", {}, "0.03"),
        ("sandbox/flipbook", {"duration": 3}, "0.15"),
        ("sandbox/jingle", {"duration": 2}, "0.02"),
        ("sandbox/upscale", {"image_url": inline_png((8, 8))}, "0.02"),
    ],
)
def test_each_model_is_billed_by_its_own_unit_once_it_succeeded(
    call: Caller, model: str, given: dict[str, Any], cost: str
) -> None:
    run = made(call, model, **given)
    assert run["cost"] == cost
    assert Decimal(call.get("/v1/billing/balance").json()["balance"]) == 10 - Decimal(cost)


def test_a_film_that_the_credit_does_not_reach_for_is_refused() -> None:
    with running(balance=Decimal("0.1")) as sandbox, caller(sandbox) as call:
        assert send(call, "sandbox/flipbook", prompt="sea", duration=3).json()["code"] == "INSUFFICIENT_CREDIT"
        assert made(call, "sandbox/flipbook", duration=2)["cost"] == "0.1"


def test_fates_and_dialects_hold_for_every_model() -> None:
    plan = "create: partial 1st; create: fails 2nd; create: cancels 3rd"
    with running(faults=plan) as sandbox, caller(sandbox) as call:
        partial = made(call, "sandbox/sketch", variations=3)
        assert (partial["status_code"], partial["cost"], len(partial["output"]["outputs"])) == (
            "partial_succeeded", "0.02", 2,
        )  # fmt: skip
        assert [made(call, "sandbox/flipbook")["status_code"] for _ in range(2)] == ["failed", "canceled"]


@pytest.mark.parametrize(
    ("dialect", "sketch", "film"),
    [
        ("output-image-urls", "image_urls", "outputs"),
        ("output-image", "image", "outputs"),
        ("output-url", "url", "url"),
        ("output-text", None, None),
    ],
)
def test_shapes_that_speak_of_pictures_hold_pictures_only(dialect: str, sketch: str | None, film: str | None) -> None:
    with running(dialects=frozenset({dialect})) as sandbox, caller(sandbox) as call:
        for model, member in (("sandbox/sketch", sketch), ("sandbox/jingle", film)):
            output = made(call, model)["output"]
            assert isinstance(output, str) if member is None else next(iter(output)) == member


def test_a_callback_of_a_film_holds_what_the_run_shows() -> None:
    with ExitStack() as stack:
        receiver = stack.enter_context(HttpServer(lambda _: Answer(200, b"", {})))
        sandbox = stack.enter_context(running())
        call = stack.enter_context(caller(sandbox))
        body = {"input": LEAST["sandbox/flipbook"], "callback_url": receiver.url + "/hook"}
        run = call.finish(call.post("/v1/models/sandbox/flipbook/runs", json=body).json()["id"])
        wait_until(lambda: len(receiver.heard) == 1)
        [told] = call.get(f"/v1/runs/{run['id']}/callback").json()
    [entry] = told["payload"]["output"]["outputs"]
    assert (entry["type"], entry["duration"]) == ("video", 1.0)
    assert told["payload"]["event"] == "run.completed"
