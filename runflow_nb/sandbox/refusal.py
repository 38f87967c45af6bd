"""A request that is not served: the status and the flat error envelope of the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with a body or a query."""

    loc: tuple[str | int, ...]
    msg: str

    def json(self) -> dict[str, Any]:
        return {"loc": list(self.loc), "msg": self.msg}


class Refusal(Exception):
    """Answered as `{"code", "message", "errors"}`; nothing was accepted or billed."""

    def __init__(self, status: int, code: str, message: str, errors: Sequence[FieldError] = ()) -> None:
        self.status, self.code, self.message, self.errors = status, code, message, tuple(errors)
        super().__init__(status, code, message, self.errors)


def invalid(errors: Sequence[FieldError]) -> Refusal:
    """422 with every field that is wrong."""
    return Refusal(422, "VALIDATION_ERROR", "Request validation failed", errors)


def invalid_query(name: str, reason: str) -> Refusal:
    """422 for one parameter of the query."""
    return invalid([FieldError(("query", name), reason)])


def envelope(
    status: int, code: str, message: str, errors: Sequence[FieldError] = (), headers: Mapping[str, str] | None = None
) -> Response:
    body = {"code": code, "message": message, "errors": [e.json() for e in errors] or None}
    return JSONResponse(body, status, headers)


async def answer_refusal(_: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return envelope(refusal.status, refusal.code, refusal.message, refusal.errors)


async def answer_http(_: Request, problem: Exception) -> Response:
    """What the router itself refuses: no such address, or not with this method."""
    assert isinstance(problem, HTTPException)
    code = CODES.get(problem.status_code, "BAD_REQUEST")
    return envelope(problem.status_code, code, problem.detail, headers=problem.headers)


async def answer_crash(_: Request, __: Exception) -> Response:
    return envelope(500, "INTERNAL_ERROR", "the sandbox failed; its standard error says where")
