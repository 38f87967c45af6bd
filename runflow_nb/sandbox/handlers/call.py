"""What every handler is given, and what is done before each: counting, the key, the organization."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ..desk import Desk
from ..dialects.answers import spoken_answer
from ..faults.apply import under_faults
from ..faults.fate import PLAIN, Acceptance
from ..identity import organization
from ..query import Syntax
from ..refusal import Refusal
from ..submission import read_json


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the sandbox."""

    desk: Desk
    request: Request
    org_id: str
    """The caller's organization; "" where no key is needed."""
    acceptance: Acceptance = PLAIN
    """What becomes of a run that this call makes."""

    @property
    def base_url(self) -> str:
        """Where the caller reaches this sandbox, without a slash at the end."""
        return str(self.request.base_url).rstrip("/")

    def param(self, name: str) -> str:
        return str(self.request.path_params[name])

    async def raw(self, maximum: int) -> bytes:
        """The body. Raises Refusal 413 beyond `maximum` bytes."""
        chunks, size = [], 0
        try:
            async for chunk in self.request.stream():
                size += len(chunk)
                if size > maximum:
                    raise Refusal(413, "PAYLOAD_TOO_LARGE", f"the body has more than {maximum} bytes")
                chunks.append(chunk)
        except ClientDisconnect:
            raise Refusal(400, "BAD_REQUEST", "the body ended early") from None
        return b"".join(chunks)

    async def json(self) -> Any:
        """The JSON body. Raises Refusal 415, 413 or 400."""
        kind = self.request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", f"takes application/json, not {kind}")
        return read_json(await self.raw(self.desk.switches.maximum_body))


def syntax_of(call: Call) -> Syntax:
    """How filters of listings are read."""
    spoken = call.desk.switches.dialects
    return "eq" if "filter-eq" in spoken else "colon" if "filter-colon" in spoken else "both"


Handler = Callable[[Call], Awaitable[Response]]


def route(method: str, path: str, handler: Handler, endpoint: str | None = None, *, key: bool = True) -> Route:
    """A row of the table. `endpoint`: what fault plans call it; `key`: whether a bearer token is needed."""

    async def serve(request: Request) -> Response:
        desk: Desk = request.app.state.desk
        desk.tally.requests[f"{method} {path}"] += 1

        async def work(acceptance: Acceptance) -> Response:
            org_id = _caller(request) if key else ""
            answer = await handler(Call(desk, request, org_id, acceptance))
            return spoken_answer(answer, endpoint, desk.switches.dialects)

        turns = desk.faults.due(endpoint) if endpoint else ()
        return await under_faults(request, turns, desk.clock, work) if turns else await work(PLAIN)

    return Route(path, serve, methods=[method], name=f"{method} {path}")


def _caller(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal(401, "UNAUTHORIZED", "a bearer token is needed: Authorization: Bearer KEY")
    own = organization(token.strip())
    asked = request.headers.get("x-organization-id", own)
    if asked.lower() != own:
        raise Refusal(403, "ORGANIZATION_MEMBERSHIP_REQUIRED", "the key belongs to another organization")
    return own
