"""A file goes up in three steps: announce it, put its bytes to a signed link, confirm it. No key goes to the link."""

from __future__ import annotations

import asyncio
from pathlib import Path

from ..errors import AccessDenied, InvalidRequest, Problem, RequestRefused, ServerUnavailable, UploadRefused
from .address import read_url, segment
from .client import RunflowClient
from .errors import MalformedAnswer
from .exchange import Exchange
from .retry import Verdict, judge
from .values import mapping, text
from .wire import Asset, parse, read_asset

LARGEST = 50 * 1024 * 1024
"""Bytes; the API takes no larger file."""
ROUNDS = 2
"""Times that all three steps are gone through at the most."""
PAUSES = (0.25, 0.75)
"""Seconds before the second and the third put to the same link."""
SLOWEST = 256 * 1024
"""Bytes a second."""
LEAST_TIME = 120.0
"""Seconds that any put may take."""
EXPIRED = frozenset({400, 401, 403, 404, 410})
"""What storages answer to a put whose signed link is over; the docs name 403."""
UNENTITLED = frozenset({401, 402, 403})
"""Refusals of whoever sends a file, and not of the file."""
SHOWN_NAME = 60
SMALLER = "Save it smaller, e.g. as JPEG, or host it and give its URL."
ELSEWHERE = "Run the cell again; if that does not help, host the picture and give its URL."


async def upload(client: RunflowClient, data: bytes | Path, mime: str, filename: str) -> Asset:
    """Send a file up. The asset, once confirmed, can be used by its `.reference`.

    A link that has expired, and a confirmation that is refused, start it anew, once. Raises InvalidRequest for an
    empty file and above 50 MiB, before anything is sent; UploadRefused; RequestRefused and its kind; ServerUnavailable.
    """
    name = filename[-SHOWN_NAME:] or "picture"
    size = len(data) if isinstance(data, bytes) else (await asyncio.to_thread(data.stat)).st_size
    check_size(size, name)
    content = data if isinstance(data, bytes) else await asyncio.to_thread(data.read_bytes)
    try:
        return await _gone_through(client, content, mime, filename, name)
    except ServerUnavailable as reason:
        raise ServerUnavailable(reason.host, f"{name} could not be uploaded: {reason.reason}", reason.absent) from None


async def _gone_through(client: RunflowClient, content: bytes, mime: str, filename: str, name: str) -> Asset:
    for number in range(1, ROUNDS + 1):
        asset_id, target = await _announced(client, content, mime, filename, name)
        put = await _put(client, target, content, mime)
        if not put.attempt.succeeded:
            if put.attempt.status in EXPIRED and number < ROUNDS:
                continue
            raise _not_stored(client, put, name)
        try:
            return await _confirmed(client, asset_id)
        except RequestRefused as refusal:
            if refusal.status in UNENTITLED:
                raise _permission(refusal) from None
            if number == ROUNDS:
                raise _of(refusal, f"{name} could not be uploaded: {refusal.message}", ELSEWHERE) from None
    raise AssertionError("unreachable")


def check_size(size: int, name: str) -> None:
    """Raises InvalidRequest for a file of so many bytes that no upload takes."""
    if not size:
        raise InvalidRequest([Problem("images", name, "is empty")])
    if size > LARGEST:
        reason = f"has {size:,} bytes; {LARGEST:,} bytes = {LARGEST // 2**20} MiB are taken. {SMALLER.rstrip('.')}"
        raise InvalidRequest([Problem("images", name, reason)])


def put_seconds(size: int) -> float:
    """How long a put of so many bytes may take."""
    return max(LEAST_TIME, size / SLOWEST)


async def _announced(client: RunflowClient, content: bytes, mime: str, filename: str, name: str) -> tuple[str, str]:
    """(asset id, signed link to put the bytes to)."""
    announcement = {"filename": filename[-500:] or "picture", "mime_type": mime, "size_bytes": len(content)}
    try:
        return await client.post("/v1/asset-uploads", announcement, _read_announced)
    except RequestRefused as refusal:
        if refusal.status in UNENTITLED:
            raise _permission(refusal) from None
        cause = refusal
    raise await _unfit(client, cause, name, mime, len(content))


async def _unfit(client: RunflowClient, refusal: RequestRefused, name: str, mime: str, size: int) -> UploadRefused:
    """What a refused announcement means for a person: the type, the size, or only the API's own words."""
    told = " ".join([field for field, _ in refusal.fields] or [refusal.message]).casefold()
    if refusal.status == 415 or "mime" in told or "type" in told:
        types = await _types(client)
        taken = f"It takes {', '.join(types)}. " if types and mime not in types else ""
        other = "JPEG" if mime == "image/png" else "PNG"
        step = f"{taken}Save the picture as another type, e.g. as {other}, and run the cell again."
        return UploadRefused(refusal.status, refusal.code, f"{name} is {mime}, a type that it does not take", (), step)
    if refusal.status == 413 or "size" in told or "large" in told:
        return _of(refusal, f"{name} has {size:,} bytes, and it does not take as much", SMALLER)
    return _of(refusal, f"{name} could not be uploaded: {refusal.message}")


def _of(refusal: RequestRefused, message: str, next_step: str | None = None) -> UploadRefused:
    return UploadRefused(refusal.status, refusal.code, message, refusal.fields, next_step)


async def _types(client: RunflowClient) -> tuple[str, ...]:
    """The types that can be uploaded, as far as the API tells."""
    try:
        return await client.asset_types()
    except (RequestRefused, ServerUnavailable):
        return ()


async def _put(client: RunflowClient, target: str, content: bytes, mime: str) -> Exchange[bytes]:
    url = read_url(target)
    if url is None or not client.address.may_fetch(url):
        raise ServerUnavailable(client.address.host, "the place that it named for an upload is not an https address")
    for pause in (*PAUSES, None):
        put = await client.put_elsewhere(url, content, mime, seconds=put_seconds(len(content)))
        if put.attempt.succeeded or judge(put.attempt) is Verdict.FINAL or pause is None:
            break
        await client.clock.sleep(pause)
    return put


def _not_stored(client: RunflowClient, put: Exchange[bytes], name: str) -> UploadRefused | ServerUnavailable:
    status = put.attempt.status
    if status is None or judge(put.attempt) is not Verdict.FINAL:
        return ServerUnavailable(client.address.host, put.reason)
    if status in EXPIRED:
        reason = f"{name} could not be uploaded: its storage refused {ROUNDS} signed links in turn"
        return UploadRefused(status, "", reason, (), ELSEWHERE)
    step = SMALLER if status == 413 else ELSEWHERE
    return UploadRefused(status, "", f"{name} could not be uploaded: of its storage, {put.reason}", (), step)


async def _confirmed(client: RunflowClient, asset_id: str) -> Asset:
    """The asset, once it can be used; also where the answer that said so was lost."""
    try:
        return await client.post(f"/v1/asset-uploads/{segment(asset_id)}/confirmations", {}, _read_confirmed)
    except RequestRefused as reason:
        if reason.status in UNENTITLED:
            raise
        refused: RequestRefused | ServerUnavailable = reason
    except ServerUnavailable as reason:
        if reason.absent:
            raise
        refused = reason
    try:
        asset = await client.asset(asset_id)
    except (RequestRefused, ServerUnavailable):
        raise refused from None
    return asset


def _permission(refusal: RequestRefused) -> RequestRefused:
    if isinstance(refusal, AccessDenied) and refusal.code not in AccessDenied.steps:
        refusal.next_step = AccessDenied.UPLOADING
    return refusal


def _read_announced(body: bytes) -> tuple[str, str]:
    answer = mapping(parse(body))
    asset_id, target = text(answer.get("asset_id")), text(answer.get("upload_url"))
    if asset_id is None or target is None:
        raise MalformedAnswer("the answer names no place for the upload")
    return asset_id, target


def _read_confirmed(body: bytes) -> Asset:
    return read_asset(parse(body))
