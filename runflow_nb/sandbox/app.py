"""The sandbox as an ASGI application: one table of addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from ..clock import Clock, SystemClock
from .desk import Desk
from .handlers import account, assets, files, models, runs
from .handlers.call import route
from .ratelimit import RateLimitHeaders
from .refusal import Refusal, answer_crash, answer_http, answer_refusal
from .switches import Switches

ROUTES = [
    route("GET", "/v1/health", account.health, key=False),
    route("GET", "/v1/readiness", account.readiness, key=False),
    route("GET", "/v1/auth/me", account.me),
    route("GET", "/v1/billing/balance", account.balance),
    route("GET", "/v1/credit-balances", account.credit_balances),
    route("GET", "/v1/runs", runs.list_runs),
    route("GET", "/v1/runs/statuses", runs.list_statuses),
    route("GET", "/v1/runs/{run_id}", runs.get_run),
    route("POST", "/v1/models/{model_id:path}/runs", runs.create_run),
    route("GET", "/v1/models", models.list_models),
    route("GET", "/v1/public/models", models.list_models, key=False),
    route("GET", "/v1/models/{model_id:path}/runs", models.refuse_run_listing, key=False),
    route("GET", "/v1/models/{model_id:path}", models.get_model),
    route("POST", "/v1/asset-uploads", assets.declare),
    route("POST", "/v1/asset-uploads/{asset_id}/confirmations", assets.confirm),
    route("GET", "/v1/assets/types", assets.list_types),
    route("GET", "/v1/assets/{asset_id}", assets.get_asset),
    route("PUT", "/sandbox/uploads/{asset_id}", assets.put_bytes, key=False),
    route("GET", "/sandbox/assets/{asset_id}", assets.get_bytes, key=False),
    route("GET", "/sandbox/outputs/{run_id}/{name}", files.get_output, key=False),
    route("GET", "/sandbox/book", account.book, key=False),
]


def create_app(switches: Switches | None = None, clock: Clock | None = None) -> Starlette:
    """A sandbox of its own: its runs, credit and files live and end with the application."""
    desk = Desk(switches or Switches(), clock or SystemClock())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            desk.close()

    app = Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        middleware=[Middleware(RateLimitHeaders, clock=desk.clock)] if desk.switches.rate_limit_headers else [],
        exception_handlers={Refusal: answer_refusal, HTTPException: answer_http, Exception: answer_crash},
    )
    app.state.desk = desk
    return app
