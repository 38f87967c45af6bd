"""Webhooks of an organization: addresses that are told of the end of every run.

The copies of the page are cut off before the names of the three fields that making one requires, and `url`, `secret`
and events are all that its other parts mention. Assumed are `url`, `name` (or `label`) and `secret`; only `url` is
demanded, a secret that is not given is drawn, and members of other names are passed over.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..identity import Ids, stamp
from ..refusal import FieldError, Refusal, invalid
from ..submission import ADDRESS, CALLBACK_MAXIMUM
from .signing import LABEL_MAXIMUM, PREFIX, SHOWN

EVENT_TYPES: Mapping[str, str] = {
    "run.completed": "a run succeeded",
    "run.failed": "a run failed",
    "run.cancelled": "a run was cancelled",
    "run.partial_succeeded": "a run delivered in part",
}
NAMES = ("name", "label")
EVENTS = ("events", "event_types", "event_type_codes")
"""Names under which the list of events is taken."""
SWITCH = "is_active"


@dataclass(frozen=True, slots=True)
class Webhook:
    """One address of an organization."""

    id: str
    org_id: str
    url: str
    name: str | None
    secret: str
    events: tuple[str, ...] | None
    """What it is told of; None: of everything."""
    active: bool
    created: float
    """Unix seconds, as all moments here."""
    updated: float

    def wants(self, event: str) -> bool:
        """Whether it is told of this event."""
        return self.active and (self.events is None or event in self.events)

    def record(self) -> dict[str, Any]:
        """All but the secret itself."""
        return {
            "id": self.id,
            "org_id": self.org_id,
            "name": self.name,
            "url": self.url,
            "events": list(EVENT_TYPES if self.events is None else self.events),
            "is_active": self.active,
            "key_prefix": self.secret[:SHOWN],
            "created_at": stamp(self.created),
            "updated_at": stamp(self.updated),
        }


class Webhooks:
    """The webhooks of every organization."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._known: dict[str, Webhook] = {}

    def create(self, org_id: str, body: Any, now: float) -> Webhook:
        """Raises Refusal 422. `now`: unix seconds."""
        secret = PREFIX + secrets.token_hex(32)
        blank = Webhook(self._ids.new(now), org_id, "", None, secret, None, True, now, now)
        return self._keep(blank, body, required=True)

    def change(self, org_id: str, webhook_id: str, body: Any, now: float) -> Webhook:
        """Raises Refusal 404 or 422."""
        return self._keep(replace(self.find(org_id, webhook_id), updated=now), body, required=False)

    def delete(self, org_id: str, webhook_id: str) -> None:
        """It is told nothing any more. Raises Refusal 404."""
        del self._known[self.find(org_id, webhook_id).id]

    def find(self, org_id: str, webhook_id: str) -> Webhook:
        """Raises Refusal 404."""
        webhook = self._known.get(webhook_id.lower())
        if webhook is None or webhook.org_id != org_id:
            raise Refusal(404, "WEBHOOK_NOT_FOUND", "no such webhook")
        return webhook

    def of(self, org_id: str) -> list[Webhook]:
        """Oldest first."""
        return [webhook for webhook in self._known.values() if webhook.org_id == org_id]

    def _keep(self, webhook: Webhook, body: Any, *, required: bool) -> Webhook:
        if not isinstance(body, dict):
            raise invalid([FieldError(("body",), "takes an object")])
        changes, errors = _read(body)
        if required and "url" not in body:
            errors.append(FieldError(("body", "url"), "field required"))
        if errors:
            raise invalid(errors)
        self._known[webhook.id] = replace(webhook, **changes)
        return self._known[webhook.id]


def _read(body: Mapping[str, Any]) -> tuple[dict[str, Any], list[FieldError]]:
    """(members of a webhook that are given, what is wrong with them)."""
    changes: dict[str, Any] = {}
    errors: list[FieldError] = []

    def take(name: str, member: str, value: Any, fine: bool, takes: str) -> None:
        if fine:
            changes[member] = value
        else:
            errors.append(FieldError(("body", name), f"takes {takes}"))

    for name, value in body.items():
        if name == "url":
            fine = isinstance(value, str) and len(value) <= CALLBACK_MAXIMUM and bool(ADDRESS.fullmatch(value))
            take(name, "url", value, fine, f"an http or https address of at most {CALLBACK_MAXIMUM} characters")
        elif name == "secret":
            take(name, "secret", value, isinstance(value, str) and bool(value.strip()), "a text")
        elif name in NAMES:
            fine = isinstance(value, str | None) and len(value or "") <= LABEL_MAXIMUM
            take(name, "name", value, fine, f"at most {LABEL_MAXIMUM} characters")
        elif name in EVENTS:
            fine = value is None or (isinstance(value, list) and all(each in EVENT_TYPES for each in map(str, value)))
            take(name, "events", tuple(value) if value else None, fine, f"a list of {', '.join(EVENT_TYPES)}")
        elif name == SWITCH:
            take(name, "active", value, isinstance(value, bool), "true or false")
    return changes, errors
