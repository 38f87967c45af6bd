"""What goes over the wire between our client and the service, as it went."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Wire:
    """One request with its answer. The key is not in it."""

    method: str
    path: str
    query: str
    sent: bytes
    headers: Mapping[str, str]
    """Of the request, by lower-case name."""
    bearer: str = field(repr=False)
    status: int
    answer: bytes
    told: Mapping[str, str]
    """Headers of the answer, by lower-case name."""

    @property
    def body(self) -> Any:
        """The JSON that was sent."""
        return json.loads(self.sent)

    @property
    def json(self) -> Any:
        """The JSON that was answered."""
        return json.loads(self.answer)


def wire(request: httpx.Request, status: int, answer: bytes, told: httpx.Headers) -> Wire:
    headers = {name.lower(): value for name, value in request.headers.items()}
    bearer = headers.pop("authorization", "")
    return Wire(
        request.method,
        request.url.path,
        request.url.query.decode(),
        request.content,
        headers,
        bearer,
        status,
        answer,
        dict(told),
    )


class Recorder(httpx.AsyncBaseTransport):
    """Passes everything on, and remembers what is JSON on both ways."""

    def __init__(self) -> None:
        self.seen: list[Wire] = []
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=20))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if not response.headers.get("content-type", "").startswith("application/json"):
            return response
        try:
            answer = await response.aread()
        finally:
            await response.aclose()
        await request.aread()
        self.seen.append(wire(request, response.status_code, answer, response.headers))
        headers = [pair for pair in response.headers.raw if pair[0].lower() not in HOPPED]
        return httpx.Response(response.status_code, headers=headers, content=answer)

    async def aclose(self) -> None:
        await self._inner.aclose()


HOPPED = (b"content-encoding", b"content-length", b"transfer-encoding")
"""What is true of the bytes on the wire and no more of what was read from it."""
