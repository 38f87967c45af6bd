"""Who is calling, what credit is left, and how the sandbox is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from starlette.responses import JSONResponse, Response

from ...money import parse_usd
from ..accounts.caller import shared
from ..accounts.scopes import SCOPES
from ..identity import decimal_text, named, stamp
from ..refusal import FieldError, invalid
from ..switches import Readiness
from .call import Call

ROLES = ("owner", "member")
"""In the organization that a key was made in, and in the others."""
EPOCH = 1_767_225_600.0
"""When every account of the sandbox was made: the same in all of them, for nothing depends on it."""
READY: dict[Readiness, tuple[int, str, str]] = {
    "ok": (200, "ok", "ok"),
    "redis-degraded": (200, "ok", "degraded"),
    "redis-missing": (503, "ok", "missing"),
    "database-down": (503, "down", "ok"),
}
"""Switch -> HTTP status, state of the database, of Redis."""


async def me(call: Call) -> Response:
    switches = call.desk.switches.accounts
    account: dict[str, Any] = {
        "id": named("user", call.caller.own),
        "email": "you@sandbox.invalid",
        "first_name": "Sandbox",
        "last_name": "User",
        "avatar_url": None,
        "timezone": "UTC",
        "locale_code": "en",
        "email_verified_at": stamp(EPOCH) if switches.email == "verified" else None,
    }
    embedded = call.request.query_params.get("embed", "").split(",")
    if switches.memberships == "always" or "memberships" in embedded:
        account["memberships"] = _memberships(call)
    return JSONResponse(account)


def _memberships(call: Call) -> list[dict[str, Any]]:
    """The key's own organization first."""
    switches = call.desk.switches.accounts
    scopes = [scope for scope in SCOPES if scope not in switches.lacks]
    organizations = {call.caller.own: "sandbox", **{shared(name): name for name in switches.organizations}}
    return [
        {
            "org": {"id": org_id, "name": name.title(), "slug": name, "plan_code": "sandbox"},
            "role_code": ROLES[org_id != call.caller.own],
            "scopes": scopes,
        }
        for org_id, name in organizations.items()
    ]


async def balance(call: Call) -> Response:
    return JSONResponse(_balance(call))


async def change_balance(call: Call) -> Response:
    """Sets the sum below which the balance is called low. `updated_at` may come along; what for, no page says."""
    body = await call.json()
    given = body.get("low_balance_threshold") if isinstance(body, dict) else None
    threshold = parse_usd(given) if isinstance(given, str | int | float) else None
    if threshold is None:
        raise invalid([FieldError(("body", "low_balance_threshold"), "takes an amount of USD from 0 up")])
    call.desk.thresholds[call.org_id] = threshold
    return JSONResponse(_balance(call))


def _balance(call: Call) -> dict[str, Any]:
    return {
        "id": named("balance", call.org_id),
        "org_id": call.org_id,
        "balance": decimal_text(call.desk.balance(call.org_id)),
        "low_balance_threshold": decimal_text(call.desk.thresholds.get(call.org_id, Decimal(0))),
        "low_balance_notified_at": None,
        "created_at": stamp(EPOCH),
        "updated_at": stamp(call.desk.clock.time()),
    }


async def credit_balances(call: Call) -> Response:
    left = decimal_text(call.desk.balance(call.org_id))
    return JSONResponse({"items": [{"balance_usd": left, "balance": left}]})


async def health(call: Call) -> Response:
    return JSONResponse({"status": "ok", "ok": True, "sandbox": True, "instance": call.desk.instance})


async def readiness(call: Call) -> Response:
    status, database, redis = READY[call.desk.switches.readiness]
    words = {"status": "ok" if status == 200 else "unavailable", "database": database, "redis": redis}
    return JSONResponse(words, status)


async def book(call: Call) -> Response:
    return JSONResponse(call.desk.page().json())
