"""One request under the plan: what is due is done to it, in the order of the stages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response

from ...clock import Clock
from .connection import Cut
from .damage import damage
from .fate import PLAIN, Acceptance
from .refusals import html_page, refusal
from .turns import Turn
from .words import Stage

Work = Callable[[Acceptance], Awaitable[Response]]
"""Serves the request as it would be served; raises what is refused."""


async def under_faults(request: Request, turns: Sequence[Turn], clock: Clock, work: Work) -> Response:
    """The answer, or the end of the connection."""
    for turn in _at(turns, Stage.WAIT):
        turn.acted()
        low, high = turn.rule.seconds or (0.0, 0.0)
        try:
            # A slow server has the request all the same: it serves it also when whoever asked is gone by then.
            await request.body()
            await clock.sleep(turn.dice.uniform(low, high))
        except (asyncio.CancelledError, ClientDisconnect):
            return Cut()  # the sandbox ends, and whoever still waits learns of it as from a server that is gone
    for turn in _at(turns, Stage.REFUSE):
        turn.acted()
        return await _refused(request, turn, clock)
    fates = _at(turns, Stage.RUN)
    answer = await work(Acceptance(fates) if fates else PLAIN)
    if not 200 <= answer.status_code < 300:
        return answer
    for turn in _at(turns, Stage.ANSWER):
        answer = await _damaged(answer, turn, clock)
    for turn in _at(turns, Stage.CUT):
        turn.acted()
        return await _cut(answer, turn, clock)
    return answer


def _at(turns: Sequence[Turn], stage: Stage) -> list[Turn]:
    return [turn for turn in turns if turn.rule.fault.stage is stage]


async def _refused(request: Request, turn: Turn, clock: Clock) -> Response:
    what = turn.rule.what
    if what == "drop-before-read":
        return Cut(reset=True)
    try:
        await request.body()
    except ClientDisconnect:
        return Cut()
    if what == "drop-after-read":
        return Cut()
    return _refusal(turn, clock)


def _refusal(turn: Turn, clock: Clock) -> Response:
    seconds = turn.rule.seconds
    return refusal(turn.rule.what, seconds[0] if seconds else None, clock.time())


async def _damaged(answer: Response, turn: Turn, clock: Clock) -> Response:
    whole = await _whole(answer)
    if whole.status_code == HTTPStatus.NO_CONTENT:
        return whole
    if turn.rule.what == "html":
        turn.acted()
        return html_page("Welcome to nginx!", answer.status_code)
    body = bytes(whole.body)
    spoilt = damage(turn.rule, body, turn.dice, clock.time())
    if spoilt == body:
        return whole
    turn.acted()
    return Response(spoilt, whole.status_code, media_type=whole.headers.get("content-type"))


async def _cut(answer: Response, turn: Turn, clock: Clock) -> Response:
    match turn.rule.what:
        case "drop-after-accept":
            return Cut()
        case "drop-mid-body":
            return Cut(await _whole(answer))
        case _:
            return _refusal(turn, clock)


async def _whole(answer: Response) -> Response:
    """The same answer with its body in memory."""
    if not isinstance(answer, FileResponse):
        return answer
    content = await asyncio.to_thread(Path(answer.path).read_bytes)
    return Response(content, answer.status_code, media_type=answer.media_type)
