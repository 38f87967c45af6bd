"""What every handler is given, and what is done before each: counting, the key, the organization."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ..accounts.caller import Caller, check_allowed, read_caller
from ..desk import Desk
from ..dialects.answers import spoken_answer
from ..faults.apply import under_faults
from ..faults.fate import PLAIN, Acceptance
from ..query import Syntax
from ..ratelimit import counted
from ..refusal import Refusal
from ..submission import read_json

OWN_ACCOUNT = "me"
"""What is answered whatever a key may not do: how else would one learn it?"""
NOBODY = Caller("", "")
"""Who calls where no key is needed."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the sandbox."""

    desk: Desk
    request: Request
    caller: Caller = NOBODY
    acceptance: Acceptance = PLAIN
    """What becomes of a run that this call makes."""

    @property
    def org_id(self) -> str:
        """The caller's organization; "" where no key is needed."""
        return self.caller.org_id

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


def route(
    method: str,
    path: str,
    handler: Handler,
    endpoint: str | None = None,
    *,
    key: bool = True,
    scope: str | None = None,
) -> Route:
    """A row of the table. `endpoint`: what fault plans call it; `key`: whether a bearer token is needed, and `scope`
    what it has to be allowed."""

    async def serve(request: Request) -> Response:
        desk: Desk = request.app.state.desk
        desk.tally.requests[f"{method} {path}"] += 1
        if key:
            desk.limits.count(counted(request.headers))

        async def work(acceptance: Acceptance) -> Response:
            caller = _admitted(desk, request) if key else NOBODY
            answer = await handler(Call(desk, request, caller, acceptance))
            return spoken_answer(answer, endpoint, desk.switches.dialects)

        turns = desk.faults.due(endpoint) if endpoint else ()
        return await under_faults(request, turns, desk.clock, work) if turns else await work(PLAIN)

    def _admitted(desk: Desk, request: Request) -> Caller:
        caller = read_caller(request.headers, desk.switches.accounts)
        if endpoint != OWN_ACCOUNT:
            check_allowed(desk.switches.accounts, scope)
        return caller

    return Route(path, serve, methods=[method], name=f"{method} {path}")
