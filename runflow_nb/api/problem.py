"""Refusals of the API, whatever envelope they come in: flat, nested, a text, or a page of some proxy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from .errors import MalformedAnswer
from .values import first_text, mapping, sequence, text
from .wire import parse

LONGEST = 300
"""Characters of a message that people are shown."""


@dataclass(frozen=True, slots=True)
class ApiProblem:
    """Why the API said no."""

    code: str
    """Its stable name of the reason, or empty."""
    message: str
    fields: tuple[tuple[str, str], ...] = ()
    """Name as a dotted path within the body (`input.resolution`), and what is wrong with it."""


def read_problem(status: int, body: bytes) -> ApiProblem:
    """The reason in an answer that is no 2xx. Never raises."""
    try:
        answer = parse(body)
    except MalformedAnswer:
        return ApiProblem("", _plain(status, body))
    members = mapping(answer)
    error = members.get("error")
    nested = mapping(error)
    message = first_text(members.get("message"), nested.get("message"), error, answer)
    code = first_text(members.get("code"), nested.get("code")) or ""
    entries = sequence(members.get("errors")) or sequence(nested.get("errors"))
    fields = tuple(filter(None, map(_field, entries)))
    return ApiProblem(code[:80], shorten(message) if message else phrase(status), fields)


def phrase(status: int) -> str:
    """The standard's words for a status."""
    try:
        return HTTPStatus(status).phrase.lower()
    except ValueError:
        return f"HTTP {status}"


def shorten(message: str) -> str:
    """One line, no longer than can be read."""
    line = " ".join(message.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _field(entry: object) -> tuple[str, str] | None:
    members: Mapping[str, Any] = mapping(entry)
    reason = first_text(members.get("msg"), members.get("message"), entry)
    if reason is None:
        return None
    path = [str(part) for part in sequence(members.get("loc")) if isinstance(part, str | int)]
    name = ".".join(path[1:] if path[:1] == ["body"] else path) or first_text(members.get("loc")) or ""
    return text(name) or "", shorten(reason)


def _plain(status: int, body: bytes) -> str:
    raw = body[:20_000].decode("utf-8", "replace")
    if "<" in raw[:200]:
        title = re.search(r"<title[^>]*>([^<]{1,200})", raw, re.IGNORECASE)
        return shorten(title.group(1)) if title and title.group(1).strip() else phrase(status)
    return shorten(raw) or phrase(status)
