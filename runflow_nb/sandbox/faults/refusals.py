"""Answers that stand in place of the work, or of the answer to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from starlette.responses import HTMLResponse, Response

from ..refusal import envelope

CODES = {
    "400": ("BAD_REQUEST", "the fault plan calls this request malformed"),
    "401": ("UNAUTHORIZED", "the fault plan refuses this key"),
    "402": ("INSUFFICIENT_CREDIT", "the fault plan finds the credit balance too low"),
    "403": ("PERMISSION_DENIED", "the fault plan finds a scope missing"),
    "404": ("NOT_FOUND", "the fault plan does not find it"),
    "408": ("REQUEST_TIMEOUT", "the fault plan lost patience"),
    "409": ("CONFLICT", "the fault plan sees a conflict"),
    "422": ("VALIDATION_ERROR", "Request validation failed"),
    "429": ("RATE_LIMITED", "the fault plan finds this too many requests"),
    "500": ("INTERNAL_ERROR", "the fault plan broke here"),
    "503": ("MODEL_UNAVAILABLE", "the fault plan took the model away"),
}
TITLES = {"502": "502 Bad Gateway", "504": "504 Gateway Time-out"}
LAST = datetime(9999, 12, 31, tzinfo=UTC)
"""No date is later."""


def refusal(what: str, seconds: float | None, now: float) -> Response:
    """The answer that a fault's name begins with. `seconds`: of Retry-After; `now`: Unix seconds."""
    if what == "expired":
        return envelope(403, "LINK_EXPIRED", "this link has expired; read the run or the asset again for a new one")
    status = what[:3]
    if status in TITLES:
        return html_page(TITLES[status], int(status))
    headers = {}
    if seconds is not None:
        headers["Retry-After"] = _date(now, seconds) if what.endswith("-date") else f"{seconds:.0f}"
    return envelope(int(status), *CODES[status], headers=headers)


def html_page(title: str, status: int) -> Response:
    """What a proxy in between says."""
    page = f"<html>\n<head><title>{title}</title></head>\n<body><h1>{title}</h1><hr>nginx</body>\n</html>\n"
    return HTMLResponse(page, status)


def _date(now: float, seconds: float) -> str:
    begin = datetime.fromtimestamp(now, UTC)
    room = (LAST - begin).total_seconds()
    return format_datetime(begin + timedelta(seconds=min(seconds, room)), usegmt=True)
