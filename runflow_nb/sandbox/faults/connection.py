"""Connections that can be cut under a request, as a network does it."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from contextlib import suppress
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

TRANSPORT = "transport"
RESET = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""SO_LINGER with no time: closing sends RST instead of FIN."""


class CuttableProtocol(H11Protocol):
    """HTTP as ever; each request's `state` holds the transport that it came by."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class Cut(Response):
    """No answer, or the beginning of one, and then the end of the connection."""

    def __init__(self, beginning: Response | None = None, *, reset: bool = False) -> None:
        """`beginning`: of this answer the head and half of the body are sent. `reset`: as when a machine fails."""
        super().__init__()
        self._beginning = beginning
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope["state"][TRANSPORT]
        if self._beginning is not None:
            body = bytes(self._beginning.body)
            head: dict[str, Any] = {"status": self._beginning.status_code, "headers": self._beginning.raw_headers}
            await send({"type": "http.response.start", **head})
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        if self._reset:
            with suppress(OSError):  # whoever asked may be gone already
                transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            transport.abort()
        else:
            transport.close()
        # Until the server knows: else it would take the silence for a failure of ours, and say so.
        while (await receive())["type"] != "http.disconnect":
            pass
