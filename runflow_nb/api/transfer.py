"""Files in and out: outputs are streamed home from signed links, inputs go up in three steps. No key goes along."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote_to_bytes

import httpx

from ..errors import InvalidRequest, Problem, RequestRefused, ServerUnavailable
from .address import joined, read_url, segment
from .client import RunflowClient
from .errors import DownloadError, MalformedAnswer
from .exchange import Exchange, describe
from .retry import Verdict, judge
from .values import mapping, text
from .wire import Asset, parse, read_asset

LARGEST_UPLOAD = 50 * 1024 * 1024
"""Bytes; the API takes no larger file."""
MOST_REDIRECTS = 5
PAUSES = (0.25, 0.75)
"""Seconds before the second and the third try of a step of an upload."""
SLOWEST_UPLOAD = 256 * 1024
"""Bytes a second."""
LEAST_UPLOAD_TIME = 120.0
"""Seconds that any upload may take."""
GONE = frozenset({401, 403, 404, 410})
"""What storage answers when a signed link has expired."""
SIGNATURE_BYTES = 16
PAGES = frozenset({"text/html", "application/xhtml+xml", "application/xml", "text/xml"})
Check = Callable[[str, bytes], None]
"""Told the declared type and the first bytes; raises DownloadError."""


class Sink(Protocol):
    """Where a download goes, piece by piece."""

    def write(self, chunk: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What came."""

    size: int
    """Bytes."""
    content_type: str
    """As declared, in lower case and without parameters; empty where nothing was."""


async def download(client: RunflowClient, url: str, sink: Sink, *, maximum: int, picture: bool = True) -> Downloaded:
    """Stream a file of at most `maximum` bytes into `sink`: a picture, or with `picture=False` anything but a page.

    Raises DownloadError; the sink may then hold a part.
    """
    check = _check_picture if picture else _check_file
    if url[:5].lower() == "data:":
        return await asyncio.to_thread(_inline, url, sink, maximum, check)
    response = await _open(client, url)
    try:
        return await _stream(response, sink, maximum, check)
    finally:
        await response.aclose()


async def _open(client: RunflowClient, url: str) -> httpx.Response:
    target = read_url(url)
    for _ in range(MOST_REDIRECTS + 1):
        if target is None or not client.address.may_fetch(target):
            raise DownloadError("its link does not lead to an https address")
        opened = await client.open_elsewhere(target)
        if opened.result is not None:
            return opened.result
        status = opened.attempt.status or 0
        location = opened.attempt.headers.get("location")
        if status not in (301, 302, 303, 307, 308) or not location:
            raise DownloadError(f"{target.host}: {opened.reason}", expired=status in GONE)
        target = joined(target, location)
    raise DownloadError(f"its link leads through more than {MOST_REDIRECTS} redirects")


async def _stream(response: httpx.Response, sink: Sink, maximum: int, check: Check) -> Downloaded:
    declared = response.headers.get("content-length", "")
    announced = int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 19 else None
    if announced is not None and announced > maximum:
        raise DownloadError(f"it is larger than {maximum} bytes")
    content_type = _kind(response.headers.get("content-type", ""))
    size = 0
    head = b""
    chunks = response.aiter_bytes()
    while True:
        broken = ""
        try:
            chunk = await anext(chunks, None)
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            broken = describe(error)
        if broken:
            raise DownloadError(f"it broke off after {size} bytes: {broken}", passing=True)
        if chunk is None:
            break
        if len(head) < SIGNATURE_BYTES:
            head += chunk[:SIGNATURE_BYTES]
        size += len(chunk)
        if size > maximum:
            raise DownloadError(f"it is larger than {maximum} bytes")
        sink.write(chunk)
    if announced is not None and response.num_bytes_downloaded != announced:
        raise DownloadError(f"{response.num_bytes_downloaded} bytes came of {announced}", passing=True)
    check(content_type, head)
    return Downloaded(size, content_type)


def _inline(url: str, sink: Sink, maximum: int, check: Check) -> Downloaded:
    header, comma, payload = url[5:].partition(",")
    if not comma:
        raise DownloadError("its data: URI has no data")
    if len(payload) > maximum * 4:
        raise DownloadError(f"it is larger than {maximum} bytes")
    content = unquote_to_bytes(payload)
    if header.lower().endswith(";base64"):
        content = _decoded(content)
    if len(content) > maximum:
        raise DownloadError(f"it is larger than {maximum} bytes")
    content_type = _kind(header)
    check(content_type, content[:SIGNATURE_BYTES])
    sink.write(content)
    return Downloaded(len(content), content_type)


def _decoded(content: bytes) -> bytes:
    with contextlib.suppress(binascii.Error):
        return base64.b64decode(content, validate=True)
    raise DownloadError("its data: URI is not base64")


def _kind(declared: str) -> str:
    return declared.partition(";")[0].strip().lower()


def _check_picture(content_type: str, head: bytes) -> None:
    """Raises DownloadError unless it is declared a picture or begins like one."""
    if not head:
        raise DownloadError("it is empty", passing=True)
    known = head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")) or head[8:12] in (b"WEBP", b"avif")
    if not known and not content_type.startswith("image/"):
        raise DownloadError(f"it is no picture but {content_type or 'something unknown'}", passing=True)


def _check_file(content_type: str, head: bytes) -> None:
    """Raises DownloadError for nothing, and for a page: what a gateway answers when it has no file."""
    if not head:
        raise DownloadError("it is empty", passing=True)
    if content_type in PAGES:
        raise DownloadError(f"it is no file but a page ({content_type})", passing=True)


async def upload(client: RunflowClient, data: bytes | Path, mime: str, filename: str) -> Asset:
    """Send a file up in three steps: announce, put, confirm. The asset can then be used by its `.reference`.

    Raises InvalidRequest above 50 MiB, before anything is sent; ServerUnavailable; RequestRefused and its kind.
    """
    size = len(data) if isinstance(data, bytes) else (await asyncio.to_thread(data.stat)).st_size
    if not 0 < size <= LARGEST_UPLOAD:
        raise InvalidRequest([Problem("image_urls", filename[-60:], _size_reason(size))])
    content = data if isinstance(data, bytes) else await asyncio.to_thread(data.read_bytes)
    announcement = {"filename": filename[-500:] or "picture", "mime_type": mime, "size_bytes": len(content)}
    for again in (True, False):
        asset_id, target = await client.post("/v1/asset-uploads", announcement, _read_announced)
        put = await _put(client, target, content, mime)
        if put.attempt.succeeded:
            return await client.post(f"/v1/asset-uploads/{segment(asset_id)}/confirmations", {}, _read_confirmed)
        if put.attempt.status != 403 or not again:
            break
    status = put.attempt.status
    if status is None or judge(put.attempt) is not Verdict.FINAL:
        raise ServerUnavailable(client.address.host, f"the file {filename} could not be uploaded: {put.reason}")
    raise RequestRefused(status, "", f"the file {filename} could not be uploaded")


def _size_reason(size: int) -> str:
    if not size:
        return "the file is empty"
    return (
        f"{size / 2**20:.1f} MiB is more than the 50 MiB that can be uploaded; "
        "make it smaller, or give the address of a copy on the web"
    )


async def _put(client: RunflowClient, target: str, content: bytes, mime: str) -> Exchange[bytes]:
    url = read_url(target)
    if url is None or not client.address.may_fetch(url):
        raise ServerUnavailable(client.address.host, "the place that it named for an upload is not an https address")
    seconds = max(LEAST_UPLOAD_TIME, len(content) / SLOWEST_UPLOAD)
    for pause in (*PAUSES, None):
        put = await client.put_elsewhere(url, content, mime, write=seconds)
        if put.attempt.succeeded or judge(put.attempt) is Verdict.FINAL or pause is None:
            break
        await client.clock.sleep(pause)
    return put


def _read_announced(body: bytes) -> tuple[str, str]:
    answer = mapping(parse(body))
    asset_id, target = text(answer.get("asset_id")), text(answer.get("upload_url"))
    if asset_id is None or target is None:
        raise MalformedAnswer("the answer names no place for the upload")
    return asset_id, target


def _read_confirmed(body: bytes) -> Asset:
    return read_asset(parse(body))
