"""Secrets that callbacks are signed with, and the signature."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from ..identity import Ids, stamp
from ..refusal import FieldError, Refusal, invalid

LABEL_MAXIMUM = 255
PREFIX = "whsec_"
SHOWN = len(PREFIX) + 4
"""Characters of a secret by which it is recognised."""


@dataclass(slots=True, eq=False)
class CallbackSecret:
    """One secret of an organization; live until it is deleted."""

    id: str
    org_id: str
    plain: str
    label: str | None
    created: float
    """Unix seconds."""
    used: float | None = None

    def record(self, current: bool) -> dict[str, Any]:
        """Every documented field but the secret itself."""
        return {
            "id": self.id,
            "org_id": self.org_id,
            "key_prefix": self.plain[:SHOWN],
            "is_current": current,
            "label": self.label,
            "disabled_at": None,
            "last_used_at": stamp(self.used),
            "created_at": stamp(self.created),
            "updated_at": stamp(self.created),
        }


def sign(secret: str, body: bytes) -> str:
    """HMAC-SHA256 of the raw body, keyed with the whole secret, in lowercase hex."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class CallbackSecrets:
    """The secrets of every organization, several live at a time."""

    def __init__(self, ids: Ids, signs: str) -> None:
        """`signs`: `newest` or `oldest`."""
        self._ids = ids
        self._signs = signs
        self._secrets: dict[str, CallbackSecret] = {}

    def create(self, org_id: str, body: Any, now: float) -> CallbackSecret:
        """Raises Refusal 422. `now`: unix seconds."""
        label = body.get("label") if isinstance(body, dict) else body
        if not isinstance(label, str | None) or len(label or "") > LABEL_MAXIMUM:
            raise invalid([FieldError(("body", "label"), f"takes at most {LABEL_MAXIMUM} characters")])
        secret = CallbackSecret(self._ids.new(now), org_id, PREFIX + secrets.token_hex(32), label, now)
        self._secrets[secret.id] = secret
        return secret

    def delete(self, org_id: str, secret_id: str) -> None:
        """It signs nothing any more. Raises Refusal 404."""
        secret = self._secrets.get(secret_id)
        if secret is None or secret.org_id != org_id:
            raise Refusal(404, "CALLBACK_SECRET_NOT_FOUND", "no such secret")
        del self._secrets[secret_id]

    def of(self, org_id: str) -> list[CallbackSecret]:
        """The live ones, oldest first."""
        return [secret for secret in self._secrets.values() if secret.org_id == org_id]

    def current(self, org_id: str) -> CallbackSecret | None:
        """The one that signs; None where none is configured."""
        live = self.of(org_id)
        return live[-1 if self._signs == "newest" else 0] if live else None
