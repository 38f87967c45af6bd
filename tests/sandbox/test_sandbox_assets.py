"""Files of callers: uploaded in three steps or sent inline, read while they live, and what can be set of it."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from runflow_nb.sandbox.asset_switches import AssetSwitches, read_asset_switches
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.sandbox.switching import BadSwitch
from tests.sandboxes import running

from .conftest import EDIT, Caller, MovedClock, Started, caller
from .test_sandbox_files import bare, png


def declare(call: Caller, data: bytes, mime: str = "image/png") -> dict[str, str]:
    body = {"filename": "photo.png", "mime_type": mime, "size_bytes": len(data)}
    answer = call.post("/v1/asset-uploads", json=body)
    assert answer.status_code == 201
    declared: dict[str, str] = answer.json()
    return declared


def put(declared: dict[str, str], data: bytes, mime: str = "image/png") -> httpx.Response:
    return bare(declared["upload_url"], "PUT", content=data, headers={"Content-Type": mime})


def confirm(call: Caller, declared: dict[str, str], body: Any = None) -> httpx.Response:
    return call.post(f"/v1/asset-uploads/{declared['asset_id']}/confirmations", json=body or {})


def test_an_upload_in_three_steps_becomes_an_asset_that_an_edit_can_use(call: Caller) -> None:
    data = png()
    declared = declare(call, data)
    assert put(declared, data).status_code == 200
    confirmed = confirm(call, declared, {"folder_id": None})
    asset = confirmed.json()
    assert confirmed.status_code == 201
    assert (asset["id"], asset["name"], asset["size_bytes"]) == (declared["asset_id"], "photo.png", len(data))
    assert (asset["mime_type"], asset["asset_type"]) == ("image/png", "image")
    read = call.get(f"/v1/assets/{asset['id']}").json()
    assert bare(read["url"]).content == data
    reference = f"runflow://assets/{asset['id']}"
    run = call.made(EDIT, image_urls=[reference])
    assert (run["status_code"], run["input"]["image_urls"]) == ("succeeded", [reference])


def test_the_confirmed_asset_has_the_type_and_size_of_its_bytes_not_the_declared_ones(call: Caller) -> None:
    declared = declare(call, b"x", "image/jpeg")
    assert put(declared, png(), "image/jpeg").status_code == 200
    asset = confirm(call, declared).json()
    assert (asset["mime_type"], asset["size_bytes"]) == ("image/png", len(png()))


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"filename": "a.png", "mime_type": "image/png", "size_bytes": 52_428_801}, ["size_bytes"]),
        ({"filename": "a.png", "mime_type": "image/png", "size_bytes": 0}, ["size_bytes"]),
        ({"filename": "a.png", "mime_type": "application/x-sh", "size_bytes": 1}, ["mime_type"]),
        ({"filename": "", "mime_type": "image/png", "size_bytes": 1}, ["filename"]),
        ({"filename": "a" * 501, "mime_type": None, "size_bytes": "1"}, ["filename", "mime_type", "size_bytes"]),
        ([], ["filename", "mime_type", "size_bytes"]),
    ],
)
def test_a_declaration_is_refused_by_the_names_of_its_wrong_members(call: Caller, body: Any, wrong: list[str]) -> None:
    answer = call.post("/v1/asset-uploads", json=body)
    assert answer.status_code == 422
    assert [error["loc"][1] for error in answer.json()["errors"]] == wrong


def test_the_types_that_can_be_uploaded_are_listed(call: Caller) -> None:
    assert {"image/png", "image/jpeg", "image/webp"} <= {
        item["mime_type"] for item in call.get("/v1/assets/types").json()["items"]
    }


def test_an_upload_address_is_refused_with_another_type_after_its_time_or_forged(clock: MovedClock) -> None:
    with running(assets=AssetSwitches(uploads=60), clock=clock) as sandbox, caller(sandbox) as call:
        declared = declare(call, png())
        assert put(declared, png(), "image/jpeg").status_code == 403
        assert bare(declared["upload_url"][:-4] + "0000", "PUT", content=png()).status_code == 403
        assert put(declared, png()).status_code == 200
        assert put(declared, png()).status_code == 200
        clock.now += 61
        assert put(declared, png()).status_code == 403


def test_without_the_upload_there_is_nothing_to_confirm_and_without_the_confirmation_nothing_to_use(
    call: Caller,
) -> None:
    declared = declare(call, png())
    assert confirm(call, declared).status_code == 422
    put(declared, png())
    assert call.get(f"/v1/assets/{declared['asset_id']}").status_code == 404
    unusable = call.create(EDIT, image_urls=[f"runflow://assets/{declared['asset_id']}"])
    assert (unusable.status_code, unusable.json()["errors"][0]["loc"]) == (422, ["body", "input", "image_urls", 0])


def test_another_organizations_asset_can_be_neither_read_nor_used(call: Caller, sandbox: EmbeddedSandbox) -> None:
    declared = declare(call, png())
    put(declared, png())
    confirm(call, declared)
    with caller(sandbox) as stranger:
        assert stranger.get(f"/v1/assets/{declared['asset_id']}").status_code == 404
        assert stranger.create(EDIT, image_urls=[f"runflow://assets/{declared['asset_id']}"]).status_code == 422


def uploaded(call: Caller, data: bytes) -> dict[str, Any]:
    """A confirmed asset."""
    declared = declare(call, data)
    put(declared, data)
    asset: dict[str, Any] = confirm(call, declared).json()
    return asset


def test_a_link_to_an_asset_expires_and_reading_the_asset_signs_a_new_one(clock: MovedClock) -> None:
    switches = AssetSwitches(links=60)
    with running(assets=switches, link_lifetime=1, clock=clock) as sandbox, caller(sandbox) as call:
        asset = uploaded(call, png())
        clock.now += 59
        assert bare(asset["url"]).content == png()
        clock.now += 2
        expired = bare(asset["url"])
        assert (expired.status_code, expired.json()["code"]) == (403, "LINK_EXPIRED")
        again = call.get(f"/v1/assets/{asset['id']}").json()
        assert again["url"] != asset["url"]
        assert bare(again["url"]).content == png()
        assert {**again, "url": ""} == {**asset, "url": ""}
        run = call.create(EDIT, image_urls=[f"runflow://assets/{asset['id']}"])
        assert run.status_code == 201


def test_an_asset_that_is_over_is_one_that_nobody_knows(clock: MovedClock) -> None:
    with running(assets=AssetSwitches(lifetime=60), clock=clock) as sandbox, caller(sandbox) as call:
        asset = uploaded(call, png())
        reference = f"runflow://assets/{asset['id']}"
        assert call.create(EDIT, image_urls=[reference]).status_code == 201
        clock.now += 60
        assert call.get(f"/v1/assets/{asset['id']}").status_code == 404
        refused = call.create(EDIT, image_urls=[reference])
        assert (refused.status_code, refused.json()["errors"][0]["loc"]) == (422, ["body", "input", "image_urls", 0])
        assert bare(asset["url"]).status_code == 404
        assert confirm(call, {"asset_id": asset["id"]}).status_code == 404


@pytest.mark.parametrize("status", ["200", "201", "204"])
def test_storage_takes_the_bytes_with_the_status_that_was_set(status: str) -> None:
    with running(assets=AssetSwitches(put=status)) as sandbox, caller(sandbox) as call:
        declared = declare(call, png())
        assert put(declared, png()).status_code == int(status)
        assert confirm(call, declared).status_code == 201


def test_a_second_confirmation_is_answered_as_the_first_or_refused(call: Caller) -> None:
    declared = declare(call, png())
    put(declared, png())
    assert [confirm(call, declared).status_code for _ in range(2)] == [201, 201]
    with running(assets=AssetSwitches(again="refused")) as sandbox, caller(sandbox) as strict:
        declared = declare(strict, png())
        put(declared, png())
        assert [confirm(strict, declared).status_code for _ in range(2)] == [201, 409]


def test_the_types_are_those_that_were_set_in_the_shape_that_was_set() -> None:
    types = ("image/png", "video/mp4", "image/jpeg")
    shapes = {
        "items": {"items": [{"mime_type": one, "asset_type": one.partition("/")[0]} for one in types]},
        "names": list(types),
        "kinds": {"image": ["image/png", "image/jpeg"], "video": ["video/mp4"]},
    }
    for listing, shape in shapes.items():
        with running(assets=AssetSwitches(types=types, listing=listing)) as sandbox, caller(sandbox) as call:
            assert call.get("/v1/assets/types").json() == shape
            body = {"filename": "a", "mime_type": "image/webp", "size_bytes": 9}
            refused = call.post("/v1/asset-uploads", json=body)
            assert (refused.status_code, refused.json()["errors"][0]["loc"]) == (422, ["body", "mime_type"])
            assert call.post("/v1/asset-uploads", json={**body, "mime_type": "video/mp4"}).status_code == 201


def test_inline_files_stand_as_references_wherever_they_are_and_however_the_run_is_read(call: Caller) -> None:
    uri = "data:image/png;base64," + base64.b64encode(png()).decode()
    kept = {"note": "data: is what it is", "depth": 2, "on": None}
    answer = call.post(
        f"/v1/models/{EDIT}/runs",
        json={
            "input": {"prompt": "a fox", "resolution": "0.5K", "image_urls": [uri, uri]},
            "metadata": {**kept, "shots": [{"thumb": uri}, uri], "broken": "data:image/png;base64,@@"},
        },
    )
    created = answer.json()
    listed = next(run for run in call.get("/v1/runs").json()["items"] if run["id"] == created["id"])
    for run in (created, call.finish(created["id"]), listed):
        metadata = run["metadata"]
        references = [*run["input"]["image_urls"], metadata["shots"][0]["thumb"], metadata["shots"][1]]
        assert all(each.startswith("runflow://assets/") for each in references)
        assert len(set(references)) == 4
        assert {name: metadata[name] for name in kept} == kept
        assert metadata["broken"] == "data:image/png;base64,@@"
    for reference in references:
        asset = call.get(f"/v1/assets/{reference.removeprefix('runflow://assets/')}").json()
        assert bare(asset["url"]).content == png()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("lifetimes=1", "did you mean lifetime="),
        ("links", "links is no switch"),
        ("links=-1", "links takes seconds from 0 up"),
        ("links=inf", "a signed link has an end"),
        ("uploads=soon", "uploads takes seconds, not soon"),
        ("lifetime=nan", "lifetime takes seconds from 0 up"),
        ("put=202", "put takes 200 or 201 or 204, not 202"),
        ("types=image/png,webp", "webp is no MIME type"),
    ],
)
def test_switches_that_make_no_sense_are_named(word: str, said: str) -> None:
    with pytest.raises(BadSwitch, match=said):
        read_asset_switches([word])


def test_switches_are_read_from_the_command_line(started: Started, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["lifetime=60", "links=5", "uploads=7", "types=image/png, image/jpeg", "put=204", "again=refused"]
    given = [each for word in words for each in ("--assets", word)]
    assert started(*given).assets == AssetSwitches(60, 5, 7, ("image/png", "image/jpeg"), "204", "refused")
    with pytest.raises(SystemExit):
        started("--assets", "put=1")
    assert "put takes 200 or 201 or 204" in capsys.readouterr().err
