"""Where answers are written: successes by what answers them, refusals for all addresses alike."""

from __future__ import annotations

import json

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .documents import write_document, write_error

ENVELOPES = frozenset({"error-nested", "error-text"})


def spoken_answer(answer: Response, endpoint: str | None, spoken: frozenset[str]) -> Response:
    """The answer in these dialects. `endpoint`: as fault plans call it."""
    if not spoken or not isinstance(answer, JSONResponse):
        return answer
    status = 200 if endpoint == "create" and "create-200" in spoken else answer.status_code
    return JSONResponse(write_document(endpoint, json.loads(bytes(answer.body)), spoken), status)


class ErrorEnvelopes:
    """Writes the envelope of every refusal anew, also of those that a fault plan or the table of addresses makes."""

    def __init__(self, app: ASGIApp, spoken: frozenset[str]) -> None:
        self._app = app
        self._spoken = spoken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: list[Message] = []

        async def send_anew(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_refusal(message):
                held.append(message)
            elif held:
                head = held.pop()
                body = json.dumps(write_error(json.loads(message["body"]), self._spoken)).encode()
                length = (b"content-length", str(len(body)).encode())
                kept = [each for each in head["headers"] if each[0] != length[0]]
                await send({**head, "headers": [*kept, length]})
                await send({**message, "body": body})
            else:
                await send(message)

        await self._app(scope, receive, send_anew)


def _is_refusal(head: Message) -> bool:
    return head["status"] >= 400 and (b"content-type", b"application/json") in head["headers"]
