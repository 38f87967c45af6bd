"""A small HTTP server on this machine that answers as a test says and remembers what it heard."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered to a request."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


def relay(
    to: str, change: Callable[[Heard, Any], Any] = lambda _, answer: answer, *, token: str | None = None
) -> Callable[[Heard], Answer]:
    """Passes every request on to this address, with another bearer token where one is given.

    `change` may alter the JSON of an answer. Links in answers lead past the relay, to the address itself.
    """
    host = urlsplit(to).netloc

    def answer(heard: Heard) -> Answer:
        headers = {name: value for name, value in heard.headers.items() if name not in ("host", "connection")}
        if token is not None and "authorization" in headers:
            headers["authorization"] = f"Bearer {token}"
        with closing(http.client.HTTPConnection(host, timeout=30)) as connection:
            connection.request(heard.method, heard.path, heard.body or None, headers)
            response = connection.getresponse()
            body, kind = response.read(), response.getheader("content-type", "")
        if kind == "application/json":
            body = json.dumps(change(heard, json.loads(body))).encode()
        return Answer(response.status, body, {"Content-Type": kind})

    return answer


class HttpServer:
    """Listens until the `with` block ends; `.heard` holds all requests in their order."""

    def __init__(self, answer: Callable[[Heard], Answer]) -> None:
        heard: list[Heard] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self) -> None:
                length = int(self.headers.get("content-length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Heard(self.command, self.path, headers, self.rfile.read(length))
                heard.append(request)
                given = answer(request)
                self.send_response(given.status)
                for name, value in given.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(given.body)))
                self.end_headers()
                self.wfile.write(given.body)

            do_GET = do_POST = do_PUT = serve  # noqa: N815 - named by the library

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the library
                """Says nothing."""

        self.heard = heard
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> HttpServer:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
