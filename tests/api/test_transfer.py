"""Files come home, over real sockets."""

from __future__ import annotations

import asyncio
import base64

import pytest

from runflow_nb.api.errors import DownloadError
from runflow_nb.api.transfer import Downloaded, download
from tests.api.made import PNG, connected
from tests.api.raw_server import CUT, Answer, RawServer, answer

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
