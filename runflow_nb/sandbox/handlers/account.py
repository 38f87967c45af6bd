"""Who is calling, what credit is left, and how the sandbox is."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from ..identity import decimal_text, named, stamp
from .call import Call

EPOCH = 1_767_225_600.0
"""When every account of the sandbox was made: the same in all of them, for nothing depends on it."""
SCOPES = ("runs:create", "runs:read", "runs:execute", "assets:create", "assets:read", "credit_balance:read")


async def me(call: Call) -> Response:
    org = {"id": call.org_id, "name": "Sandbox", "slug": "sandbox", "plan_code": "sandbox"}
    return JSONResponse(
        {
            "id": named("user", call.org_id),
            "email": "you@sandbox.invalid",
            "first_name": "Sandbox",
            "last_name": "User",
            "avatar_url": None,
            "timezone": "UTC",
            "locale_code": "en",
            "email_verified_at": stamp(EPOCH),
            "memberships": [{"org": org, "role_code": "owner", "scopes": list(SCOPES)}],
        }
    )


async def balance(call: Call) -> Response:
    return JSONResponse(
        {
            "id": named("balance", call.org_id),
            "org_id": call.org_id,
            "balance": decimal_text(call.desk.balance(call.org_id)),
            "low_balance_threshold": "0",
            "low_balance_notified_at": None,
            "created_at": stamp(EPOCH),
            "updated_at": stamp(call.desk.clock.time()),
        }
    )


async def credit_balances(call: Call) -> Response:
    left = decimal_text(call.desk.balance(call.org_id))
    return JSONResponse({"items": [{"balance_usd": left, "balance": left}]})


async def health(call: Call) -> Response:
    return JSONResponse({"status": "ok", "ok": True, "sandbox": True, "instance": call.desk.instance})


async def readiness(_: Call) -> Response:
    return JSONResponse({"status": "ok", "database": "ok", "redis": "ok"})


async def book(call: Call) -> Response:
    return JSONResponse(call.desk.page().json())
