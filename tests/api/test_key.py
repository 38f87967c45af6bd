"""The key goes to the API's own origin, into one header, and nowhere else."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from runflow_nb import errors
from runflow_nb.api.address import read_address
from runflow_nb.api.client import RunflowClient
from runflow_nb.api.errors import ApiSignal
from runflow_nb.api.key import BearerAuth, Mask
from runflow_nb.api.transfer import download
from runflow_nb.api.upload import upload
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.secret import Secret
from tests.api.made import KEY, MODEL, PNG, connected, create_body, run_json
from tests.api.raw_server import CUT, RawServer, answer

Call = Callable[[RunflowClient], Awaitable[object]]


def create(client: RunflowClient) -> Awaitable[object]:
    return client.create_run(MODEL, create_body(), idempotency_key="k")


def read(client: RunflowClient) -> Awaitable[object]:
    return client.get_run("a")


def everything_of(error: BaseException) -> str:
    """All that a traceback with the values of its variables shows, of the error and what led to it."""
    parts = []
    seen: BaseException | None = error
    while seen is not None:
        parts += [repr(seen), str(seen), repr(seen.args), repr(vars(seen))]
        for frame, _ in traceback.walk_tb(seen.__traceback__):
            if not frame.f_code.co_filename.startswith(str(Path(__file__).parent)):
                parts += [f"{name} = {value!r}" for name, value in frame.f_locals.items()]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(parts)


@pytest.mark.parametrize("call", [create, read], ids=["create", "read"])
@pytest.mark.parametrize(
    "fault",
    [
        CUT,
        b"HTTP/1.1 nonsense\r\n\r\n",
        answer(200, "[]"),
        answer(201, run_json(), length=9999),
        answer(302, "", headers={"Location": "https://elsewhere.example/"}),
        answer(401, {"code": "UNAUTHORIZED", "message": f"no such key: {KEY}"}),
        answer(422, {"message": "no", "errors": [{"loc": ["body"], "msg": f"Bearer {KEY}"}]}),
        answer(404, f"nothing for Bearer {KEY}"),
        answer(503, f"upstream said {KEY}"),
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    ],
)
def test_no_error_shows_the_key_not_even_with_the_variables_of_its_traceback(
    call: Call, fault: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def play() -> BaseException:
        async with RawServer(fault) as server, connected(server.url) as client:
            try:
                await call(client)
            except (errors.RunflowError, ApiSignal) as error:
                return error
        raise AssertionError("it was to fail")

    with caplog.at_level(logging.DEBUG):
        error = asyncio.run(play())
    assert KEY not in everything_of(error)
    assert KEY not in caplog.text


def test_an_unreachable_server_shows_no_key() -> None:
    async def play() -> BaseException:
        async with connected("https://nowhere.invalid") as client:
            try:
                await create(client)
            except errors.ServerUnavailable as error:
                return error
        raise AssertionError("it was to fail")

    error = asyncio.run(play())
    assert error.__cause__ is None
    assert error.__context__ is None
    assert KEY not in everything_of(error)


def test_no_log_shows_the_key_at_any_level(sandbox: EmbeddedSandbox, caplog: pytest.LogCaptureFixture) -> None:
    async def play() -> None:
        async with connected(sandbox.url) as client:
            await client.health()
            await create(client)
            await upload(client, PNG, "image/png", "a.png")

    with caplog.at_level(logging.DEBUG):
        asyncio.run(play())
    assert "send_request_headers" in caplog.text, "the HTTP library did log its headers' sending"
    assert KEY not in caplog.text


def test_a_server_that_repeats_the_key_does_not_bring_it_into_a_record() -> None:
    async def play() -> None:
        body = run_json(id="a", status_code="failed", failure_message=f"key {KEY} has no access", metadata={"k": KEY})
        async with RawServer(answer(200, body)) as server, connected(server.url) as client:
            run = await client.get_run("a")
            assert KEY not in repr(run) + repr(run.raw)
            assert run.failure is not None
            assert run.failure.message == "key (key) has no access"

    asyncio.run(play())


@pytest.mark.client("14/key-prefix")
@pytest.mark.parametrize(
    "spelt",
    [
        pytest.param(lambda body: body.replace(b"rf_live", rb"\u0072f_liv\u0065"), id="escaped"),
        pytest.param(lambda body: body.decode().encode("utf-16"), id="UTF-16"),
        pytest.param(lambda body: body.decode().encode("utf-32-be"), id="UTF-32"),
    ],
)
def test_a_key_is_taken_out_however_it_is_spelt_and_nothing_else_is_changed(spelt: Callable[[bytes], bytes]) -> None:
    told = {"message": f"no such key: {KEY}", "other": '\\u0072 \\ " / \x7f é \ud83d'}
    found = json.loads(Mask(Secret(KEY))(spelt(json.dumps(told).encode())))
    assert found == told | {"message": "no such key: (key)"}


def test_the_key_is_sent_to_the_api_and_not_with_health() -> None:
    async def play() -> None:
        async with RawServer(answer(200, run_json(id="a"))) as server, connected(server.url) as client:
            await client.get_run("a")
            await client.health()
            assert server.received[0].headers["authorization"] == f"Bearer {KEY}"
            assert "authorization" not in server.received[1].headers

    asyncio.run(play())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_carries_the_key_or_the_request_to_another_host(status: int) -> None:
    async def play() -> None:
        async with RawServer(answer(200, run_json(id="a"))) as other:
            away = answer(status, "", headers={"Location": f"{other.url}/v1/runs/a"})
            async with RawServer(away) as server, connected(server.url) as client:
                for call in (read, create):
                    with pytest.raises((errors.ServerUnavailable, ApiSignal)):
                        await call(client)
            assert other.received == []

    asyncio.run(play())


def test_files_are_fetched_and_put_without_the_key_even_at_the_apis_own_address() -> None:
    class Nothing:
        def write(self, chunk: bytes) -> None: ...

    async def play() -> None:
        async with RawServer(answer(200, PNG, headers={"Content-Type": "image/png"})) as server:
            away = answer(302, "", headers={"Location": f"{server.url}/again"})
            async with RawServer(away) as first, connected(first.url) as client:
                await download(client, f"{first.url}/o/1.png", Nothing(), maximum=10**6)
                await download(client, f"{server.url}/o/1.png", Nothing(), maximum=10**6)
            headers = [each.headers for each in (*first.received, *server.received)]
            assert len(headers) == 4 - 1
            assert all("authorization" not in each for each in headers)

    asyncio.run(play())


@pytest.mark.parametrize(
    ("base", "url", "goes"),
    [
        ("https://api.runflow.io", "https://api.runflow.io/v1/runs", True),
        ("https://api.runflow.io", "https://api.runflow.io:443/v1/runs", True),
        ("https://api.runflow.io", "https://API.runflow.io/v1/runs", True),
        ("https://api.runflow.io", "http://api.runflow.io/v1/runs", False),
        ("https://api.runflow.io", "https://api.runflow.io:8443/v1/runs", False),
        ("https://api.runflow.io", "https://runflow.io/v1/runs", False),
        ("https://api.runflow.io", "https://api.runflow.io.evil.example/v1", False),
        ("https://api.runflow.io", "https://api.runflow.io@evil.example/v1", False),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8001/", False),
    ],
)
def test_only_the_very_origin_is_shown_the_key(base: str, url: str, goes: bool) -> None:
    request = httpx.Request("GET", url)
    next(BearerAuth(Secret(KEY), read_address(base)).auth_flow(request))
    assert (f"Bearer {KEY}" in request.headers.values()) is goes


@pytest.mark.parametrize("bad", ["", "two words", "line\nbreak", "nul\0", "tab\t", "schlüssel", "\ud800", "rf_\x7f"])
def test_a_key_that_fits_no_header_is_refused_without_being_shown(bad: str) -> None:
    text = f"rf_hidden_part{bad}" if bad else bad
    with pytest.raises(errors.InvalidSetting) as caught:
        RunflowClient("https://api.runflow.io", Secret(text))
    shown = everything_of(caught.value)
    assert caught.value.name == "key"
    assert "rf_hidden_part" not in shown


def test_an_organisation_that_fits_no_header_is_refused() -> None:
    with pytest.raises(errors.InvalidSetting, match="organization"):
        RunflowClient("https://api.runflow.io", Secret(KEY), organization="a\r\nX-Other: b")


def test_the_organisation_is_named_where_one_is_given() -> None:
    async def play() -> None:
        async with RawServer(answer(200, run_json(id="a"))) as server:
            async with connected(server.url, organization="org-1") as client:
                await client.get_run("a")
            assert server.received[0].headers["x-organization-id"] == "org-1"

    asyncio.run(play())


def test_the_client_shows_where_it_speaks_and_not_with_which_key() -> None:
    async def play() -> None:
        async with connected("https://api.runflow.io") as client:
            assert repr(client) == "<RunflowClient api.runflow.io>"
            assert KEY not in repr(vars(client))

    asyncio.run(play())


@pytest.mark.parametrize(
    "base",
    [
        "http://api.runflow.io",
        "http://10.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://localhost@evil.example",
        "https://user:secret@api.runflow.io",
        "https://api.runflow.io?x=1",
        "https://api.runflow.io/#x",
        "ftp://api.runflow.io",
        "api.runflow.io",
        "https://",
        "",
        "https://api.runflow.io:notaport",
        "https://\x00",
        "http://[::1",
        "http://127.0.0.1\\@evil.example",
    ],
)
def test_an_address_that_would_send_the_key_in_clear_or_astray_is_refused(base: str) -> None:
    with pytest.raises(errors.InvalidSetting) as caught:
        RunflowClient(base, Secret(KEY))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "base",
    [
        "https://api.runflow.io",
        "https://proxy.example/runflow/",
        "http://127.0.0.1:8000",
        "http://localhost",
        "http://[::1]:80",
    ],
)
def test_https_and_this_machine_are_good_addresses(base: str) -> None:
    assert read_address(base).url.host


def test_a_path_of_the_base_url_is_kept() -> None:
    async def play() -> None:
        async with RawServer(answer(200, run_json(id="a b"))) as server, connected(f"{server.url}/runflow/") as client:
            await client.get_run("a b")
            assert server.received[0].path == "/runflow/v1/runs/a%20b"

    asyncio.run(play())


def test_what_is_sent_to_this_machine_passes_by_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        async with (
            RawServer(answer(200, run_json(id="a"))) as proxy,
            RawServer(answer(200, run_json(id="a"))) as server,
        ):
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            monkeypatch.setenv("ALL_PROXY", proxy.url)
            async with connected(server.url) as client:
                await client.get_run("a")
            assert proxy.received == []
            assert len(server.received) == 1

    asyncio.run(play())


@pytest.mark.parametrize("proxy", ["nonsense://user:pass-word@x", "socks5://user:pass-word@127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used_is_a_clear_error(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(errors.InvalidSetting, match="proxy") as caught:
        RunflowClient("https://api.runflow.io", Secret(KEY))
    assert "pass-word" not in everything_of(caught.value)


def test_no_cookie_is_kept() -> None:
    async def play() -> None:
        async with RawServer(answer(200, run_json(id="a"), headers={"Set-Cookie": "a=b"})) as server:
            async with connected(server.url) as client:
                await client.get_run("a")
                await client.get_run("a")
            assert all("cookie" not in each.headers for each in server.received)

    asyncio.run(play())


def test_every_byte_goes_through_the_one_transport(sandbox: EmbeddedSandbox) -> None:
    class Counting(httpx.AsyncBaseTransport):
        def __init__(self) -> None:
            self.seen: list[str] = []
            self.inner = httpx.AsyncHTTPTransport()

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.seen.append(request.method)
            return await self.inner.handle_async_request(request)

        async def aclose(self) -> None:
            await self.inner.aclose()

    async def play() -> None:
        transport = Counting()
        async with connected(sandbox.url, transport=transport) as client:
            await client.health()
            await upload(client, PNG, "image/png", "a.png")
        assert transport.seen == ["GET", "POST", "PUT", "POST"]

    asyncio.run(play())


def test_a_transport_that_breaks_in_its_own_way_leaves_a_create_open() -> None:
    class Odd(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise ZeroDivisionError(request.headers["authorization"])

    async def play() -> Any:
        async with connected("https://api.runflow.io", transport=Odd()) as client:
            try:
                await create(client)
            except ApiSignal as error:
                return error

    error = asyncio.run(play())
    assert error is not None
    assert KEY not in everything_of(error)
