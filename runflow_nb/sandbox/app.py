"""The sandbox as an ASGI application: one table of addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from ..clock import Clock, SystemClock
from .desk import Desk
from .dialects.answers import ENVELOPES, ErrorEnvelopes
from .dialects.switched import with_dialects
from .handlers import account, admin, assets, batches, callbacks, files, logs, models, runs, webhooks
from .handlers.call import route
from .ratelimit import RateLimitHeaders
from .refusal import Refusal, answer_crash, answer_http, answer_refusal
from .switches import Switches

DELIVERIES = "/v1/webhooks/{webhook_id}/deliveries"
ROUTES = [
    route("GET", "/v1/health", account.health, "health", key=False),
    route("GET", "/v1/readiness", account.readiness, "health", key=False),
    route("GET", "/v1/auth/me", account.me, "me"),
    route("GET", "/v1/billing/balance", account.balance, "balance", scope="credit_balance:read"),
    route("PATCH", "/v1/billing/balance", account.change_balance, "balance", scope="credit_balance:read"),
    route("GET", "/v1/credit-balances", account.credit_balances, "balance", scope="credit_balance:read"),
    route("GET", "/v1/runs", runs.list_runs, "search", scope="runs:read"),
    route("GET", "/v1/runs/statuses", runs.list_statuses, "statuses"),
    route("GET", "/v1/runs/{run_id}", runs.get_run, "read", scope="runs:read"),
    route("GET", "/v1/runs/{run_id}/logs", logs.list_nothing, "logs", scope="runs:read"),
    route("GET", "/v1/runs/{run_id}/logs/{id}", logs.get_log, "logs", scope="runs:read"),
    route("GET", "/v1/runs/{run_id}/node-runs", logs.list_nothing, "logs", scope="runs:read"),
    route("GET", "/v1/runs/{run_id}/callback", callbacks.get_callback, "callback", scope="runs:read"),
    route("POST", "/v1/runs/{run_id}/callback-redeliveries", callbacks.redeliver, "callback", scope="runs:execute"),
    route("POST", "/v1/admin/runs/{run_id}/cancellation", admin.cancel_run, "cancel"),
    route("POST", "/v1/callback-secrets", callbacks.create_secret, "secrets"),
    route("GET", "/v1/callback-secrets", callbacks.list_secrets, "secrets"),
    route("DELETE", "/v1/callback-secrets/{secret_id}", callbacks.delete_secret, "secrets"),
    route("GET", "/v1/webhooks", webhooks.list_webhooks, "webhooks"),
    route("POST", "/v1/webhooks", webhooks.create, "webhooks"),
    route("GET", "/v1/webhooks/event-types", webhooks.list_event_types, "webhooks"),
    route("GET", "/v1/webhooks/event-types/{code}", webhooks.get_event_type, "webhooks"),
    route("GET", "/v1/webhooks/{webhook_id}", webhooks.get_webhook, "webhooks"),
    route("PATCH", "/v1/webhooks/{webhook_id}", webhooks.change, "webhooks"),
    route("DELETE", "/v1/webhooks/{webhook_id}", webhooks.delete, "webhooks"),
    route("GET", DELIVERIES, webhooks.list_deliveries, "webhooks"),
    route("GET", f"{DELIVERIES}/{{delivery_id}}", webhooks.get_delivery, "webhooks"),
    route("GET", f"{DELIVERIES}/{{delivery_id}}/attempts", webhooks.list_attempts, "webhooks"),
    route("GET", f"{DELIVERIES}/{{delivery_id}}/attempts/{{id}}", webhooks.get_attempt, "webhooks"),
    route("POST", "/v1/models/{model_id:path}/runs", runs.create_run, "create", scope="runs:create"),
    route("POST", "/v1/models/{model_id:path}/batches", batches.create, "batches", scope="runs:create"),
    route("GET", "/v1/batches/{batch_id}", batches.get_batch, "batches", scope="runs:read"),
    route("GET", "/v1/batches/{batch_id}/items", batches.get_batch, "batches", scope="runs:read"),
    route("GET", "/v1/batches/{batch_id}/items/{id}", batches.get_batch, "batches", scope="runs:read"),
    route("GET", "/v1/models", models.list_models, "models"),
    route("GET", "/v1/public/models", models.list_models, "models", key=False),
    route("GET", "/v1/models/{model_id:path}/runs", models.refuse_run_listing, key=False),
    route("GET", "/v1/models/{model_id:path}/inputs/{id}", models.get_input, "models"),
    route("GET", "/v1/models/{model_id:path}/examples/{id}", models.get_example, "models"),
    route("GET", "/v1/models/{model_id:path}", models.get_model, "models"),
    route("GET", "/v1/model-creators", models.list_creators, "models"),
    route("GET", "/v1/model-creators/{id}", models.get_creator, "models"),
    route("POST", "/v1/asset-uploads", assets.declare, "declare", scope="assets:create"),
    route("POST", "/v1/asset-uploads/{asset_id}/confirmations", assets.confirm, "confirm", scope="assets:create"),
    route("GET", "/v1/assets/types", assets.list_types, "asset", scope="assets:read"),
    route("GET", "/v1/assets/{asset_id}", assets.get_asset, "asset", scope="assets:read"),
    route("PUT", "/sandbox/uploads/{asset_id}", assets.put_bytes, "put", key=False),
    route("GET", "/sandbox/assets/{asset_id}", assets.get_bytes, "download", key=False),
    route("GET", "/sandbox/outputs/{run_id}/{name}", files.get_output, "download", key=False),
    route("GET", "/sandbox/book", account.book, key=False),
]


def create_app(switches: Switches | None = None, clock: Clock | None = None) -> Starlette:
    """A sandbox of its own: its runs, credit and files live and end with the application. Raises BadPlan."""
    desk = Desk(with_dialects(switches or Switches()), clock or SystemClock())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await desk.close()

    app = Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        middleware=_middleware(desk),
        exception_handlers={Refusal: answer_refusal, HTTPException: answer_http, Exception: answer_crash},
    )
    app.state.desk = desk
    return app


def _middleware(desk: Desk) -> list[Middleware]:
    """What answers go through; most sandboxes need none."""
    found = []
    if desk.switches.rate_limit_headers:
        found.append(Middleware(RateLimitHeaders, limits=desk.limits))
    if desk.switches.dialects & ENVELOPES:
        found.append(Middleware(ErrorEnvelopes, spoken=desk.switches.dialects))
    return found
