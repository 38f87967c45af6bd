"""Serving the sandbox on a port of this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from .faults.connection import CuttableProtocol

CLOSING_TIME = 1
"""Seconds that requests under way are given when the sandbox ends."""


class NotLoopback(ValueError):
    """The sandbox was to listen on an address that other machines can reach."""


class Server(uvicorn.Server):
    """A uvicorn server that says when it takes connections, and on which port."""

    def __init__(self, app: Starlette, bound: socket.socket, ready: Callable[[str], None]) -> None:
        """`bound`: from `listen`. `ready` is called with the base URL, on the server's loop."""
        self._socket = bound
        self._ready = ready
        super().__init__(
            uvicorn.Config(
                app,
                http=CuttableProtocol,
                log_level="warning",
                access_log=False,
                ws="none",
                server_header=False,
                timeout_graceful_shutdown=CLOSING_TIME,
            )
        )

    @property
    def url(self) -> str:
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def run_here(self) -> None:
        """Serve until told to end. Blocks this thread."""
        self.run(sockets=[self._socket])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready(self.url)


def listen(host: str, port: int) -> socket.socket:
    """A bound socket on this machine's own addresses only. Raises NotLoopback, OSError."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise NotLoopback(f"{host} is not an address of this machine: use 127.0.0.1, ::1 or localhost") from None
    if not address.is_loopback:
        raise NotLoopback(
            f"{host} can be reached by other machines, and the sandbox takes any key: use 127.0.0.1, ::1 or localhost"
        )
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    # The protocol by name: without it asyncio leaves Nagle's algorithm on, and every answer waits 40 ms for an ACK.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((str(address), port))
    except OSError:
        bound.close()
        raise
    return bound
