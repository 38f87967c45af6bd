"""Signed links to outputs."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import httpx
from PIL import Image

from runflow_nb.sandbox.embedded import EmbeddedSandbox

from .conftest import Caller, MovedClock, caller


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
