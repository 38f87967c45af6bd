"""Files in and out, over real sockets and against the real sandbox."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from runflow_nb import errors
from runflow_nb.api.errors import DownloadError
from runflow_nb.api.transfer import Downloaded, download, upload
from runflow_nb.api.wire import Asset
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.api.made import PNG, QuickClock, connected
from tests.api.raw_server import CUT, Answer, RawServer, Received, answer

INLINE = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
PICTURE = answer(200, PNG, headers={"Content-Type": "image/png"})


class Sink:
    """Keeps what comes."""

    def __init__(self) -> None:
        self.content = b""

    def write(self, chunk: bytes) -> None:
        self.content += chunk


def fetch(*answers: Answer, maximum: int = 10**6) -> tuple[Downloaded | DownloadError, Sink, RawServer]:
    """Download from a server that answers so."""

    async def play() -> tuple[Downloaded | DownloadError, Sink, RawServer]:
        sink = Sink()
        async with RawServer(*answers) as server, connected(server.url) as client:
            try:
                return await download(client, f"{server.url}/o/1.png?sig=x", sink, maximum=maximum), sink, server
            except DownloadError as error:
                return error, sink, server

    return asyncio.run(play())


def fetch_address(url: str, base: str = "https://api.runflow.io", maximum: int = 10**6) -> tuple[Downloaded, Sink]:
    async def play() -> tuple[Downloaded, Sink]:
        sink = Sink()
        async with connected(base) as client:
            return await download(client, url, sink, maximum=maximum), sink

    return asyncio.run(play())


def test_a_picture_comes_whole() -> None:
    found, sink, _ = fetch(PICTURE)
    assert found == Downloaded(len(PNG), "image/png")
    assert sink.content == PNG


@pytest.mark.parametrize("head", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF1234WEBPVP8 ", b"GIF89a"])
def test_a_picture_is_known_by_its_first_bytes_where_its_type_is_not_told(head: bytes) -> None:
    found, _, _ = fetch(answer(200, head + bytes(50), headers={"Content-Type": "application/octet-stream"}))
    assert isinstance(found, Downloaded)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_link_that_has_expired_is_said_to_have(status: int) -> None:
    found, _, server = fetch(answer(status, "<Error>expired</Error>"), PICTURE)
    assert isinstance(found, DownloadError)
    assert found.expired
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (answer(200, PNG, headers={"Content-Type": "image/png"}, length=20_000), "broke off"),
        (answer(200, "<html>login</html>", headers={"Content-Type": "text/html"}), "no picture but text/html"),
        (answer(200, "{}"), "no picture"),
        (answer(200, "", headers={"Content-Type": "image/png"}), "empty"),
        (answer(400, "no"), "400"),
        (answer(302, ""), "redirect"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", "damaged"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\x89PNG\r\r\nzz\r\n", "broke off"),
    ],
)
def test_what_is_not_the_whole_picture_is_an_error_that_says_so(fault: bytes, reason: str) -> None:
    found, _, _ = fetch(fault)
    assert isinstance(found, DownloadError)
    assert reason in found.reason
    assert not found.expired


@pytest.mark.parametrize("fault", [CUT, answer(503, ""), answer(429, "")])
def test_a_passing_trouble_before_the_first_byte_is_waited_out(fault: bytes) -> None:
    found, sink, server = fetch(fault, PICTURE)
    assert isinstance(found, Downloaded)
    assert sink.content == PNG
    assert len(server.received) == 2


def test_storage_that_stays_away_is_an_error() -> None:
    found, _, server = fetch(CUT)
    assert isinstance(found, DownloadError)
    assert len(server.received) == 5


def test_more_than_the_maximum_is_not_taken() -> None:
    announced, sink, _ = fetch(answer(200, PNG[:50], length=5000), maximum=100)
    assert isinstance(announced, DownloadError)
    assert "larger" in announced.reason
    assert sink.content == b""
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" + bytes(0x2000) + b"\r\n0\r\n\r\n"
    unannounced, sink, _ = fetch(chunked, maximum=100)
    assert isinstance(unannounced, DownloadError)
    assert len(sink.content) <= 100


def test_five_redirects_are_followed_and_no_sixth() -> None:
    away = answer(302, "", headers={"Location": "/o/2.png"})
    found, _, server = fetch(*[away] * 5, PICTURE)
    assert isinstance(found, Downloaded)
    assert len(server.received) == 6
    lost, _, server = fetch(away)
    assert isinstance(lost, DownloadError)
    assert len(server.received) == 6


@pytest.mark.parametrize(
    "location", ["http://elsewhere.example/", "ftp://127.0.0.1/", "file:///etc/passwd", "http://[", "data:image/png,x"]
)
def test_no_redirect_leads_to_an_address_that_is_not_https(location: str) -> None:
    found, _, server = fetch(answer(302, "", headers={"Location": location}))
    assert isinstance(found, DownloadError)
    assert len(server.received) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://storage.example/1.png",
        "http://127.0.0.1:1/1.png",
        "file:///etc/passwd",
        "//x/y",
        "",
        "https://",
        "\x00",
        "https://\ud800",
    ],
)
def test_the_live_api_names_https_links_only(url: str) -> None:
    with pytest.raises(DownloadError):
        fetch_address(url)


@pytest.mark.parametrize(
    "url",
    [
        INLINE,
        f"data:;base64,{base64.b64encode(PNG).decode()}",
        "DATA:image/png;charset=x;base64," + base64.b64encode(PNG).decode().replace("+", "%2B").replace("=", "%3D"),
    ],
)
def test_an_inline_picture_is_read_like_any_other(url: str) -> None:
    found, sink = fetch_address(url)
    assert sink.content == PNG
    assert found.size == len(PNG)


@pytest.mark.parametrize(
    "url",
    ["data:image/png;base64", "data:image/png;base64,***", "data:image/png;base64,", "data:text/html,<p>", "data:,"],
)
def test_an_inline_text_that_is_no_picture_is_an_error(url: str) -> None:
    with pytest.raises(DownloadError):
        fetch_address(url)


def test_an_inline_picture_has_a_maximum_too() -> None:
    with pytest.raises(DownloadError, match="larger"):
        fetch_address(INLINE, maximum=100)


def test_a_file_goes_up_in_three_steps_and_comes_back_the_same(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(PNG)

    async def play() -> None:
        async with connected(sandbox.url) as client:
            for data in (PNG, tmp_path / "photo.png"):
                asset = await upload(client, data, "image/png", "photo.png")
                assert asset.reference == f"runflow://assets/{asset.id}"
                again = await client.asset(asset.id)
                sink = Sink()
                await download(client, again.url or "", sink, maximum=10**6)
                assert sink.content == PNG

    asyncio.run(play())


class Storage:
    """The three steps of an upload, with faults in between."""

    def __init__(self, **faults: list[bytes]) -> None:
        self.faults = faults
        self.url = ""

    def __call__(self, received: Received) -> bytes:
        step = "put" if received.method == "PUT" else "confirm" if "confirmations" in received.path else "announce"
        if self.faults.get(step):
            return self.faults[step].pop(0)
        if step == "put":
            return answer(200, "")
        if step == "confirm":
            return answer(201, {"id": "a-1", "url": "https://signed"})
        return answer(201, {"asset_id": "a-1", "upload_url": f"{self.url}/put?sig=x"})


def send_up(data: bytes = PNG, **faults: list[bytes]) -> tuple[Asset | errors.RunflowError, RawServer, QuickClock]:
    async def play() -> tuple[Asset | errors.RunflowError, RawServer, QuickClock]:
        storage, clock = Storage(**faults), QuickClock()
        async with RawServer(storage) as server, connected(server.url, clock=clock) as client:
            storage.url = server.url
            try:
                return await upload(client, data, "image/webp", "a.webp"), server, clock
            except errors.RunflowError as error:
                return error, server, clock

    return asyncio.run(play())


def test_the_put_carries_the_declared_type_the_bytes_and_no_key() -> None:
    _, server, _ = send_up()
    announce, put, confirm = server.received
    assert announce.json == {"filename": "a.webp", "mime_type": "image/webp", "size_bytes": len(PNG)}
    assert (put.method, put.headers["content-type"], put.body) == ("PUT", "image/webp", PNG)
    assert put.headers["content-length"] == str(len(PNG))
    assert "authorization" not in put.headers
    assert (confirm.path, confirm.json) == ("/v1/asset-uploads/a-1/confirmations", {})


@pytest.mark.parametrize("fault", [CUT, answer(500, ""), answer(503, "")])
def test_a_put_is_tried_three_times(fault: bytes) -> None:
    outcome, _, clock = send_up(put=[fault, fault])
    assert isinstance(outcome, Asset)
    assert clock.slept == [0.25, 0.75]
    lost, server, _ = send_up(put=[fault] * 3)
    assert isinstance(lost, errors.ServerUnavailable)
    assert [each.method for each in server.received] == ["POST", "PUT", "PUT", "PUT"]


def test_an_expired_put_starts_anew_once() -> None:
    expired = answer(403, "expired")
    outcome, server, _ = send_up(put=[expired])
    assert isinstance(outcome, Asset)
    assert [each.method for each in server.received] == ["POST", "PUT", "POST", "PUT", "POST"]
    lost, server, _ = send_up(put=[expired, expired])
    assert isinstance(lost, errors.RequestRefused)
    assert [each.method for each in server.received] == ["POST", "PUT", "POST", "PUT"]


def test_a_refused_announcement_is_final() -> None:
    refusal = answer(422, {"code": "V", "message": "this type is not taken"})
    outcome, server, _ = send_up(announce=[refusal])
    assert isinstance(outcome, errors.RequestRefused)
    assert outcome.message == "this type is not taken"
    assert len(server.received) == 1


@pytest.mark.parametrize("size", [0, 50 * 1024 * 1024 + 1])
def test_a_file_of_no_size_or_too_much_is_refused_before_anything_is_sent(size: int, tmp_path: Path) -> None:
    path = tmp_path / "big.png"
    with path.open("wb") as file:
        file.truncate(size)
    outcome, server, _ = send_up(bytes(size))
    assert isinstance(outcome, errors.InvalidRequest)
    assert "a.webp" in str(outcome)
    assert server.received == []


@pytest.mark.parametrize(
    "announced",
    [
        {"asset_id": "a-1"},
        {"asset_id": "a-1", "upload_url": "http://storage.example/put"},
        {"asset_id": "a-1", "upload_url": "file:///etc/passwd"},
        {"asset_id": "a-1", "upload_url": 7},
        [],
    ],
)
def test_an_upload_goes_to_no_odd_place(announced: Any) -> None:
    outcome, server, _ = send_up(announce=[answer(201, announced)] * 5)
    assert isinstance(outcome, errors.ServerUnavailable)
    assert all(each.method == "POST" for each in server.received)
