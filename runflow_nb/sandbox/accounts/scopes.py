"""What keys are allowed to do, by the names that official clients use. No page lists them all."""

from __future__ import annotations

SCOPES = (
    "runs:create",
    "runs:read",
    "runs:execute",
    "assets:create",
    "assets:read",
    "assets:edit",
    "credit_balance:read",
)
