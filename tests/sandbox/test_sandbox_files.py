"""Signed links to outputs, and assets in three steps."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from runflow_nb.sandbox.embedded import EmbeddedSandbox

from .conftest import EDIT, Caller, MovedClock, caller


def png(colour: str = "red", size: tuple[int, int] = (64, 48)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def bare(url: str, method: str = "GET", **more: Any) -> httpx.Response:
    """A request without any key."""
    return httpx.request(method, url, trust_env=False, verify=False, **more)


def test_a_link_expires_and_reading_the_run_signs_a_new_one(clock: MovedClock) -> None:
    with EmbeddedSandbox(latency=0, link_lifetime=60, clock=clock) as sandbox, caller(sandbox) as call:
        run = call.made()
        url = run["output"]["outputs"][0]["url"]
        clock.now += 59
        picture = bare(url)
        assert picture.status_code == 200
        clock.now += 2
        expired = bare(url)
        assert (expired.status_code, expired.json()["code"]) == (403, "LINK_EXPIRED")
        again = call.get(f"/v1/runs/{run['id']}").json()["output"]["outputs"][0]["url"]
        assert again != url
        assert bare(again).content == picture.content


def test_a_forged_link_is_refused_whatever_was_changed(call: Caller, sandbox: EmbeddedSandbox) -> None:
    url = httpx.URL(call.made(num_images=2)["output"]["outputs"][0]["url"])
    forged = [
        url.copy_with(path=url.path.replace("/0.png", "/1.png")),
        url.copy_set_param("expires", "9999999999.000"),
        url.copy_set_param("signature", "0" * 64),
        url.copy_set_param("signature", "é"),
        url.copy_remove_param("signature"),
        url.copy_with(query=None),
    ]
    assert bare(str(url)).status_code == 200
    for each in forged:
        assert bare(str(each)).status_code == 403, each


def test_a_link_of_another_sandbox_is_refused(call: Caller) -> None:
    with EmbeddedSandbox(latency=0) as other, caller(other) as there:
        foreign = there.made()["output"]["outputs"][0]["url"].replace(other.url, str(call.base_url).rstrip("/"))
    assert bare(foreign).status_code == 403


def test_links_need_no_key_and_a_key_sent_to_one_is_noted(sandbox: EmbeddedSandbox, call: Caller) -> None:
    url, before = call.made()["output"]["outputs"][0]["url"], sandbox.book.keys_at_links
    assert bare(url).status_code == 200
    assert sandbox.book.keys_at_links == before
    assert bare(url, headers={"Authorization": "Bearer leaked"}).status_code == 200
    assert sandbox.book.keys_at_links == before + 1


def test_a_file_is_served_with_length_type_and_ranges(call: Caller) -> None:
    url = call.made(output_format="jpeg")["output"]["outputs"][0]["url"]
    whole, part = bare(url), bare(url, headers={"Range": "bytes=0-9"})
    assert (whole.headers["content-type"], int(whole.headers["content-length"])) == ("image/jpeg", len(whole.content))
    assert (part.status_code, part.content) == (206, whole.content[:10])


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
    with EmbeddedSandbox(upload_lifetime=60, clock=clock) as sandbox, caller(sandbox) as call:
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
