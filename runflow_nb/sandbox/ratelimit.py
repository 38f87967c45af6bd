"""How many requests an organization may make a minute, and the headers that an older page of the API shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..clock import Clock
from .accounts.caller import bearer
from .identity import organization
from .refusal import Refusal

SHOWN = 600
"""What is told where nothing is limited."""
WINDOW = 60


@dataclass(frozen=True, slots=True)
class Window:
    """One organization's minute."""

    limit: int
    left: int
    reset: int
    """Unix seconds."""


class RateLimits:
    """Counts requests by organization, minute by minute."""

    def __init__(self, limit: int, clock: Clock) -> None:
        """`limit`: requests a minute; 0: as many as are wanted."""
        self._limit = limit
        self._clock = clock
        self._minute = 0
        self._used: dict[str, int] = {}

    def count(self, org_id: str) -> None:
        """One request more. Raises Refusal 429 where it is one too many."""
        self._turn()
        self._used[org_id] = self._used.get(org_id, 0) + 1
        if self._limit and self._used[org_id] > self._limit:
            raise Refusal(429, "RATE_LIMITED", f"more than {self._limit} requests a minute")

    def window(self, org_id: str) -> Window:
        """How it stands."""
        self._turn()
        limit = self._limit or SHOWN
        return Window(limit, max(0, limit - self._used.get(org_id, 0)), (self._minute + 1) * WINDOW)

    def wait(self, org_id: str) -> int:
        """Whole seconds after which to ask again: when the next minute begins, where this one is used up."""
        window = self.window(org_id)
        return max(1, window.reset - int(self._clock.time())) if self._limit and not window.left else 1

    def _turn(self) -> None:
        minute = int(self._clock.time()) // WINDOW
        if minute != self._minute:
            self._minute, self._used = minute, {}


def counted(headers: Mapping[str, str]) -> str:
    """Whose request it is; "" for one without a key."""
    token = bearer(headers)
    return headers.get("x-organization-id", organization(token)).lower() if token else ""


class RateLimitHeaders:
    """Adds `X-RateLimit-Limit`, `-Remaining` and `-Reset` (Unix time) to every answer; to a 429, `Retry-After`."""

    def __init__(self, app: ASGIApp, limits: RateLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        org_id = counted(Headers(scope=scope))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                window = self._limits.window(org_id)
                told = {"limit": window.limit, "remaining": window.left, "reset": window.reset}
                headers = [(f"x-ratelimit-{name}".encode(), str(value).encode()) for name, value in told.items()]
                given = {name for name, _ in message["headers"]}
                if message["status"] == 429 and b"retry-after" not in given:
                    headers.append((b"retry-after", str(self._limits.wait(org_id)).encode()))
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        await self._app(scope, receive, send_with_headers)
