"""One POST to a receiver on this machine, and what it means."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .target import Target

if TYPE_CHECKING:
    import httpx

KEPT = 4096
"""Bytes of an answer's body that are kept; the rest is not read."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int | None = None
    """None for a network error, which the receiver's silence is too."""
    text: str | None = None
    error: str | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


def worth_another(reply: Reply, retry: str) -> bool:
    """Whether to try again. `retry`: `5xx` or `not-2xx`; a network error is in both."""
    if reply.status is None:
        return True
    return reply.status >= 500 if retry == "5xx" else not reply.taken


def make_client() -> httpx.AsyncClient:
    """A client that goes through no proxy, follows nothing and keeps no connection."""
    import httpx

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncClient(trust_env=False, follow_redirects=False, limits=limits, timeout=None)  # noqa: S113


async def post(
    client: httpx.AsyncClient, target: Target, headers: Mapping[str, str], body: bytes, limit: float
) -> Reply:
    """Send it once; `limit`: seconds for all of it. Does not raise."""
    import httpx

    status, kept = None, b""
    problem: Exception | None = None
    try:
        given = httpx.URL(target.url)
        async with asyncio.timeout(limit):
            for address in target.addresses:
                # The address, not the name: what was judged is what is connected to.
                request = client.build_request(
                    "POST",
                    given.copy_with(host=address),
                    content=body,
                    headers={"Host": given.netloc.decode("ascii"), **headers},
                    extensions={"sni_hostname": target.host},
                )
                try:
                    answer = await client.send(request, stream=True)
                except httpx.ConnectError as refused:
                    problem = refused
                    continue
                problem = None
                status = answer.status_code
                try:
                    async for chunk in answer.aiter_raw():
                        kept += chunk
                        if len(kept) >= KEPT:
                            break
                finally:
                    await answer.aclose()
                break
    except TimeoutError:
        problem = problem or TimeoutError(f"no answer within {limit:g} s")
    except (httpx.HTTPError, httpx.InvalidURL) as broken:
        problem = broken
    if status is not None:
        return Reply(status, kept[:KEPT].decode("utf-8", "replace"))
    return Reply(error=f"{type(problem).__name__}: {problem}".rstrip(": "))
