"""Where the pictures of an edit come from, and that the sandbox reaches nothing but this machine."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageStat

from runflow_nb.sandbox.embedded import EmbeddedSandbox

from .conftest import EDIT, Caller, MovedClock, caller
from .test_sandbox_files import bare, png


class Shelf(BaseHTTPRequestHandler):
    """Serves one picture, one text, one redirection."""

    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://192.0.2.1/a.png")
            self.end_headers()
            return
        data = {"/a.png": png("blue", (90, 160)), "/text": b"no picture"}.get(self.path)
        self.send_response(200 if data else 404)
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def shelf() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Shelf) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def output(run: dict[str, Any], index: int = 0) -> Image.Image:
    assert run["status_code"] == "succeeded", run
    return Image.open(BytesIO(bare(run["output"]["outputs"][index]["url"]).content))


def test_a_picture_on_this_machine_is_read_and_auto_takes_its_proportions(call: Caller, shelf: str) -> None:
    run = call.made(EDIT, image_urls=[f"{shelf}/a.png"], prompt="make it noir")
    assert output(run).size == (384, 684)  # 9:16 at 0.5K


def test_an_edit_is_visibly_made_from_its_input(call: Caller) -> None:
    halves = Image.new("RGB", (256, 256), "white")
    halves.paste((0, 0, 0), (0, 0, 128, 256))
    out = BytesIO()
    halves.save(out, "PNG")
    uri = "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
    run = call.made(EDIT, image_urls=[uri], prompt="noir", aspect_ratio="1:1")
    grey = output(run).convert("L")
    left, right = (ImageStat.Stat(grey.crop((x, 40, x + 120, 400))).mean[0] for x in (60, 320))
    assert right - left > 150


def test_a_data_uri_is_stored_and_stands_as_a_reference_on_the_record(call: Caller, sandbox: EmbeddedSandbox) -> None:
    data = png("green")
    uri = "data:image/png;base64," + base64.b64encode(data).decode()
    answer = call.post(
        f"/v1/models/{EDIT}/runs",
        json={"input": {"prompt": "a fox", "resolution": "0.5K", "image_urls": [uri]}, "metadata": {"thumb": uri}},
    )
    run = answer.json()
    [reference] = run["input"]["image_urls"]
    assert reference.startswith("runflow://assets/")
    assert run["metadata"]["thumb"].startswith("runflow://assets/")
    asset = call.get(f"/v1/assets/{reference.removeprefix('runflow://assets/')}").json()
    assert (asset["mime_type"], bare(asset["url"]).content) == ("image/png", data)
    assert sandbox.book.received[-1].body["input"]["image_urls"] == [uri]
    assert call.finish(run["id"])["status_code"] == "succeeded"


def test_its_own_links_are_read_and_refused_once_expired(clock: MovedClock) -> None:
    with EmbeddedSandbox(latency=0, link_lifetime=60, clock=clock) as sandbox, caller(sandbox) as call:
        url = call.made()["output"]["outputs"][0]["url"]
        assert call.made(EDIT, image_urls=[url])["status_code"] == "succeeded"
        clock.now += 61
        failed = call.made(EDIT, image_urls=[url])
        assert (failed["status_code"], failed["failure_code"]) == ("failed", "INPUT_UNREADABLE")


@pytest.mark.parametrize(
    ("path", "why"), [("/missing.png", "answered 404"), ("/text", "decoded"), ("/away", "another machine")]
)
def test_a_picture_that_cannot_be_read_fails_the_run_and_says_why(
    call: Caller, shelf: str, path: str, why: str
) -> None:
    run = call.made(EDIT, image_urls=[shelf + path])
    assert (run["status_code"], run["output"], run["cost"]) == ("failed", None, "0")
    assert (run["failure_code"], run["failure_stage_code"]) == ("INPUT_UNREADABLE", "dispatch")
    assert why in run["failure_message"]


def test_an_address_elsewhere_is_never_reached_and_a_stand_in_takes_its_place(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[Any] = []
    real = socket.getaddrinfo

    def watched(host: Any, *rest: Any, **more: Any) -> Any:
        reached.append(host)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", watched)
    url = "https://public.runflow.io/images/models/_shared/base-engineer.png"
    first, second = (call.made(EDIT, image_urls=[url], seed=4) for _ in range(2))
    other = call.made(EDIT, image_urls=[url + "?2"], seed=4)
    pictures = [bare(run["output"]["outputs"][0]["url"]).content for run in (first, second, other)]
    assert pictures[0] == pictures[1] != pictures[2]
    assert set(reached) <= {"127.0.0.1"}


def test_inputs_decide_the_picture(call: Caller) -> None:
    def made(colour: str) -> bytes:
        uri = "data:image/png;base64," + base64.b64encode(png(colour)).decode()
        return bare(call.made(EDIT, image_urls=[uri], seed=1)["output"]["outputs"][0]["url"]).content

    assert made("red") == made("red") != made("blue")


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "CMYK", "I;16", "RGB"])
def test_every_kind_of_picture_can_be_edited(call: Caller, mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (40, 30)).save(out, "TIFF")
    uri = "data:image/tiff;base64," + base64.b64encode(out.getvalue()).decode()
    assert call.made(EDIT, image_urls=[uri])["status_code"] == "succeeded"


def test_a_rotated_photo_is_taken_as_it_is_seen(call: Caller) -> None:
    out, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (160, 90), "teal").save(out, "JPEG", exif=exif)
    uri = "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()
    assert output(call.made(EDIT, image_urls=[uri])).size == (384, 684)
