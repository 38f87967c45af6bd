"""A file goes up in three steps, each of which can fail in every documented way, and in others."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from runflow_nb import errors
from runflow_nb.api.exchange import Timeouts
from runflow_nb.api.transfer import download
from runflow_nb.api.upload import LARGEST, put_seconds, upload
from runflow_nb.api.wire import Asset, read_asset, read_types
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.api.made import PNG, QuickClock, connected
from tests.api.raw_server import CUT, RawServer, Received, answer
from tests.api.test_transfer import Sink

CONFIRMATIONS = "/v1/asset-uploads/a-1/confirmations"
SMALLER = "Save it smaller, e.g. as JPEG, or host it and give its URL."


def test_a_file_goes_up_in_three_steps_and_comes_back_the_same(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(PNG)

    async def play() -> None:
        async with connected(sandbox.url) as client:
            for data in (PNG, tmp_path / "photo.png"):
                asset = await upload(client, data, "image/png", "photo.png")
                assert asset.reference == f"runflow://assets/{asset.id}"
                again = await client.asset(asset.id)
                assert again.org_id == asset.org_id is not None
                assert not again.gone(client.clock.time())
                sink = Sink()
                await download(client, again.url or "", sink, maximum=10**6)
                assert sink.content == PNG

    asyncio.run(play())


def step_of(received: Received) -> str:
    if received.method == "PUT":
        return "put"
    if received.method == "GET":
        return "types" if received.path.endswith("/types") else "asset"
    return "confirm" if received.path.endswith("/confirmations") else "announce"


class Storage:
    """The three steps of an upload, with faults in between."""

    def __init__(self, **faults: list[bytes]) -> None:
        self.faults = faults
        self.url = ""

    def __call__(self, received: Received) -> bytes:
        step = step_of(received)
        if self.faults.get(step):
            return self.faults[step].pop(0)
        if step == "asset":
            return answer(404, {"code": "ASSET_NOT_FOUND", "message": "no such asset"})
        if step == "types":
            return answer(200, {"items": [{"mime_type": "image/png", "asset_type": "image"}]})
        if step == "put":
            return answer(200, "")
        if step == "confirm":
            return answer(201, {"id": "a-1", "url": "https://signed"})
        return answer(201, {"asset_id": "a-1", "upload_url": f"{self.url}/put?sig=x"})


def send_up(
    data: bytes | Path = PNG, /, **faults: list[bytes]
) -> tuple[Asset | errors.RunflowError, RawServer, QuickClock]:
    async def play() -> tuple[Asset | errors.RunflowError, RawServer, QuickClock]:
        storage, clock = Storage(**faults), QuickClock()
        async with RawServer(storage) as server, connected(server.url, clock=clock) as client:
            storage.url = server.url
            try:
                return await upload(client, data, "image/webp", "a.webp"), server, clock
            except errors.RunflowError as error:
                return error, server, clock

    return asyncio.run(play())


def steps(server: RawServer) -> list[str]:
    return [step_of(each) for each in server.received]


def refused(outcome: object) -> str:
    """What a person reads of an upload that was refused."""
    assert isinstance(outcome, errors.UploadRefused), outcome
    text = str(outcome)
    assert "Nothing was billed." in text
    assert len(text.splitlines()) <= 4
    return text


def test_the_put_carries_the_declared_type_the_bytes_and_no_key() -> None:
    _, server, _ = send_up()
    announce, put, confirm = server.received
    assert announce.json == {"filename": "a.webp", "mime_type": "image/webp", "size_bytes": len(PNG)}
    assert (put.method, put.headers["content-type"], put.body) == ("PUT", "image/webp", PNG)
    assert put.headers["content-length"] == str(len(PNG))
    assert "authorization" not in put.headers
    assert (confirm.path, confirm.json) == (CONFIRMATIONS, {})


@pytest.mark.parametrize("status", [200, 201, 204])
def test_storage_may_take_the_bytes_with_any_of_its_words(status: int) -> None:
    outcome, server, _ = send_up(put=[answer(status, "")])
    assert isinstance(outcome, Asset)
    assert steps(server) == ["announce", "put", "confirm"]


@pytest.mark.parametrize(("size", "seconds"), [(1, 120), (120 * 256 * 1024, 120), (40 * 2**20, 160), (LARGEST, 200)])
def test_a_put_has_two_minutes_and_a_large_one_the_time_of_a_slow_line(size: int, seconds: float) -> None:
    assert put_seconds(size) == seconds


def test_a_put_is_waited_for_longer_than_other_answers() -> None:
    """What this machine has buffered is still on its way when the answer is waited for."""

    async def play() -> Asset:
        storage = Storage()

        async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(PNG[-20:])
            await asyncio.sleep(0.4)
            writer.write(answer(200, ""))
            writer.close()

        slow = await asyncio.start_server(late, "127.0.0.1", 0)
        timeouts = Timeouts(connect=0.2, write=0.2, read=0.2, pool=0.2)
        async with slow, RawServer(storage) as server, connected(server.url, timeouts=timeouts) as client:
            storage.url = f"http://127.0.0.1:{slow.sockets[0].getsockname()[1]}"
            return await upload(client, PNG, "image/png", "a.png")

    assert asyncio.run(play()).id == "a-1"


def test_a_redirected_put_is_not_followed() -> None:
    outcome, server, _ = send_up(put=[answer(307, "", headers={"Location": "/elsewhere"})])
    assert "redirect (307), which is not followed" in refused(outcome)
    assert steps(server) == ["announce", "put"]


@pytest.mark.client("14/upload-scheme")
def test_the_live_api_names_https_storage_only() -> None:
    asked: list[str] = []

    def live(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        return httpx.Response(201, json={"asset_id": "a-1", "upload_url": "http://127.0.0.1:9/put"})

    async def play() -> None:
        async with connected("https://api.runflow.io", transport=httpx.MockTransport(live)) as client:
            with pytest.raises(errors.ServerUnavailable, match="is not an https address"):
                await upload(client, PNG, "image/png", "a.png")

    asyncio.run(play())
    assert asked == ["POST"]


@pytest.mark.parametrize("fault", [CUT, answer(429, ""), answer(500, ""), answer(503, "")])
def test_a_put_is_tried_three_times_at_the_same_link(fault: bytes) -> None:
    outcome, server, clock = send_up(put=[fault, fault])
    assert isinstance(outcome, Asset)
    assert clock.slept == [0.25, 0.75]
    assert len({each.path for each in server.received if each.method == "PUT"}) == 1
    lost, server, _ = send_up(put=[fault] * 3)
    assert isinstance(lost, errors.ServerUnavailable)
    assert "a.webp could not be uploaded: " in str(lost)
    assert steps(server) == ["announce", "put", "put", "put"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_expired_link_starts_it_anew_once(status: int) -> None:
    expired = answer(status, "<Error><Code>AccessDenied</Code></Error>")
    outcome, server, _ = send_up(put=[expired])
    assert isinstance(outcome, Asset)
    assert steps(server) == ["announce", "put", "announce", "put", "confirm"]
    lost, server, _ = send_up(put=[expired, expired])
    text = refused(lost)
    assert f"({status}): a.webp could not be uploaded: its storage refused 2 signed links in turn." in text
    assert "Run the cell again" in text
    assert steps(server) == ["announce", "put", "announce", "put"]


@pytest.mark.parametrize("answered", ["fields", "message", "415"])
def test_a_type_that_is_not_taken_is_named_with_those_that_are(answered: str) -> None:
    refusal = {
        "fields": answer(422, {"code": "V", "message": "no", "errors": [{"loc": ["body", "mime_type"], "msg": "bad"}]}),
        "message": answer(422, {"code": "V", "message": "this file type is not taken"}),
        "415": answer(415, "no"),
    }[answered]
    outcome, server, _ = send_up(announce=[refusal])
    text = refused(outcome)
    assert "a.webp is image/webp, a type that it does not take. Nothing was billed." in text
    assert "It takes image/png. Save the picture as another type" in text
    assert steps(server) == ["announce", "types"]


def test_a_type_that_is_not_taken_is_named_also_where_the_list_cannot_be_had() -> None:
    outcome, server, _ = send_up(announce=[answer(415, "no")], types=[answer(404, "no")])
    assert "It takes" not in refused(outcome)
    assert steps(server) == ["announce", "types"]


def test_a_size_that_the_api_does_not_take_is_told_with_the_way_out() -> None:
    said = {"code": "V", "message": "no", "errors": [{"loc": ["body", "size_bytes"], "msg": "at most 10000"}]}
    outcome, server, _ = send_up(announce=[answer(422, said)])
    text = refused(outcome)
    assert f"a.webp has {len(PNG):,} bytes, and it does not take as much. Nothing was billed." in text
    assert "at most 10000" in text
    assert SMALLER in text
    assert steps(server) == ["announce"]


def test_another_refusal_is_told_in_the_words_of_the_api() -> None:
    outcome, server, _ = send_up(announce=[answer(422, {"code": "QUOTA", "message": "no room for another one"})])
    assert "(422 QUOTA): a.webp could not be uploaded: no room for another one. Nothing was billed." in refused(outcome)
    assert steps(server) == ["announce"]


@pytest.mark.parametrize("step", ["announce", "confirm"])
def test_a_key_that_may_not_upload_is_told_which_permission_it_needs(step: str) -> None:
    outcome, _, _ = send_up(**{step: [answer(403, {"code": "PERMISSION_DENIED", "message": "scope missing"})]})
    assert isinstance(outcome, errors.AccessDenied)
    assert "assets:create" in str(outcome)
    unverified, _, _ = send_up(**{step: [answer(403, {"code": "EMAIL_NOT_VERIFIED", "message": "confirm it"})]})
    assert "Confirm the e-mail address" in str(unverified)
    revoked, server, _ = send_up(**{step: [answer(401, {"code": "UNAUTHORIZED", "message": "no such key"})]})
    assert isinstance(revoked, errors.KeyRefused)
    assert "asset" not in steps(server)


def test_a_confirmation_whose_answer_was_lost_is_asked_again() -> None:
    outcome, server, _ = send_up(confirm=[CUT, answer(503, "")])
    assert isinstance(outcome, Asset)
    assert steps(server) == ["announce", "put", "confirm", "confirm", "confirm"]


@pytest.mark.parametrize("status", [404, 409, 422])
def test_a_confirmation_that_was_made_already_is_seen_by_the_asset(status: int) -> None:
    asset = answer(200, {"id": "a-1", "url": "https://signed/again"})
    outcome, server, _ = send_up(confirm=[CUT, answer(status, "confirmed before")], asset=[asset])
    assert outcome == Asset("a-1", "https://signed/again")
    assert steps(server) == ["announce", "put", "confirm", "confirm", "asset"]


def test_a_confirmation_that_is_never_answered_is_looked_up_too() -> None:
    asset = answer(200, {"id": "a-1"})
    outcome, server, _ = send_up(confirm=[answer(500, "")] * 5, asset=[asset])
    assert outcome == Asset("a-1")
    lost, server, _ = send_up(confirm=[answer(500, "")] * 5)
    assert isinstance(lost, errors.ServerUnavailable)
    assert steps(server) == ["announce", "put", *["confirm"] * 5, "asset"]


@pytest.mark.parametrize("status", [404, 410, 422])
def test_a_confirmation_that_is_refused_starts_it_anew_once(status: int) -> None:
    refusal = answer(status, {"code": "NOTHING_THERE", "message": "nothing was uploaded"})
    outcome, server, _ = send_up(confirm=[refusal])
    assert isinstance(outcome, Asset)
    once = ["announce", "put", "confirm", "asset"]
    assert steps(server) == [*once, "announce", "put", "confirm"]
    lost, server, _ = send_up(confirm=[refusal, refusal])
    text = refused(lost)
    assert "NOTHING_THERE): a.webp could not be uploaded: nothing was uploaded. Nothing was billed." in text
    assert "Run the cell again" in text
    assert steps(server) == once * 2


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (0, "is empty"),
        (LARGEST + 1, f"has 52,428,801 bytes; 52,428,800 bytes = 50 MiB are taken. {SMALLER[:-1]}"),
    ],
)
def test_a_file_of_no_size_or_too_much_is_refused_before_anything_is_sent(
    size: int, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "big.png"
    with path.open("wb") as file:
        file.truncate(size)
    for data in (path, path.read_bytes()):
        outcome, server, _ = send_up(data)
        assert isinstance(outcome, errors.InvalidRequest)
        assert "Nothing was billed." in str(outcome)
        assert [(each.given, each.reason) for each in outcome.problems] == [("a.webp", reason)]
        assert server.received == []


def test_a_file_of_exactly_the_most_goes_up(tmp_path: Path) -> None:
    """Only its announcement is looked at: the rest is like that of any other."""
    path = tmp_path / "big.png"
    with path.open("wb") as file:
        file.truncate(LARGEST)
    outcome, server, _ = send_up(path, announce=[answer(422, "")])
    assert isinstance(outcome, errors.UploadRefused)
    assert server.received[0].json["size_bytes"] == 52_428_800


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


@pytest.mark.parametrize(
    "answered",
    [
        {"items": [{"mime_type": "image/png", "asset_type": "image"}, {"mime_type": "video/mp4"}]},
        ["image/png", "video/mp4"],
        {"image": ["image/png"], "video": ["VIDEO/MP4 "]},
        {"types": {"image/png": {"max_bytes": 7, "label": "Portable / Network"}, "video/mp4": None}},
    ],
)
def test_the_types_are_read_whatever_their_list_looks_like(answered: Any) -> None:
    assert read_types(answered) == ("image/png", "video/mp4")
    assert read_types(7) == ()


def test_an_asset_that_was_deleted_or_whose_time_is_over_is_gone() -> None:
    times = {"created_at": "2026-05-06T09:59:00Z", "deleted_at": None, "access_expires_at": "2026-05-06T10:59:00Z"}
    asset = read_asset({"id": "a-1", **times})
    assert asset.expires_at is not None
    end = asset.expires_at.timestamp()
    assert [asset.gone(end - 1), asset.gone(end)] == [False, True]
    assert read_asset({"id": "a-1", **times, "deleted_at": "2026-05-06T10:00:00Z"}).gone(0)
    assert not read_asset({"id": "a-1"}).gone(end)
