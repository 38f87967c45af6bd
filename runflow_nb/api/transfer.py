"""Files come home: streamed from signed links, looked at on the way. No key goes along."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote_to_bytes

import httpx

from .address import joined, read_url
from .client import RunflowClient
from .errors import DownloadError
from .exchange import describe

MOST_REDIRECTS = 5
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
