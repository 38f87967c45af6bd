"""The headers of rate limits that an older page of the API shows. Nothing is limited by them."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..clock import Clock

LIMIT = 600
WINDOW = 60
RETRY_AFTER = (b"retry-after", b"1")


class RateLimitHeaders:
    """Adds `X-RateLimit-Limit`, `-Remaining` and `-Reset` (Unix time) to every answer; to a 429, `Retry-After`."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._window = 0
        self._used = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        window = int(self._clock.time()) // WINDOW
        self._used = self._used + 1 if window == self._window else 1
        self._window = window
        left = max(0, LIMIT - self._used)
        values = {"limit": LIMIT, "remaining": left, "reset": (window + 1) * WINDOW}
        headers = [(f"x-ratelimit-{name}".encode(), str(value).encode()) for name, value in values.items()]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
                names = {name for name, _ in message["headers"]}
                if message["status"] == 429 and RETRY_AFTER[0] not in names:
                    message["headers"].append(RETRY_AFTER)
            await send(message)

        await self._app(scope, receive, send_with_headers)
