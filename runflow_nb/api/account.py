"""Whose key it is and what is left, in every shape that the contract's pages disagree on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from .errors import MalformedAnswer
from .values import amount, first_text, mapping, sequence, text

BALANCES = ("/v1/billing/balance", "/v1/credit-balances")
"""Where a balance is told, in the order in which they are asked."""
NEEDED: Mapping[str, str] = {
    "runs:create": "buying",
    "runs:read": "waiting for runs and collecting them",
    "assets:create": "uploading pictures",
    "assets:read": "reading uploaded pictures",
    "credit_balance:read": "the balance",
}
"""Permissions that this package uses -> what for."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What the organisation has left, in USD; below 0 where it owes."""

    amount: Decimal
    low: Decimal | None = None
    """USD below which the API calls it low; None where it does not say."""


@dataclass(frozen=True, slots=True)
class Membership:
    """One organisation that the key's account belongs to."""

    id: str | None
    name: str | None
    """Its name, or slug."""
    plan: str | None = None
    role: str | None = None
    scopes: frozenset[str] | None = None
    """What the account may do there; None where the API does not say."""

    @property
    def label(self) -> str | None:
        """What to call it: its name, slug or id."""
        return self.name or self.id

    def missing(self) -> list[str]:
        """Permissions that are needed and not given; none where the API does not say."""
        given = self.scopes
        if given is None:
            return []
        return [scope for scope in NEEDED if not any(fnmatchcase(scope, each) for each in given)]


@dataclass(frozen=True, slots=True)
class Account:
    """Whose key it is."""

    id: str | None
    email: str | None
    memberships: tuple[Membership, ...] = ()
    name: str | None = None
    """Of the person."""
    verified: bool | None = None
    """Whether the e-mail address was confirmed; None where the API does not say."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def organizations(self) -> tuple[str, ...]:
        """What to call them, in the API's order."""
        return tuple(each.label for each in self.memberships if each.label)

    def membership(self, org_id: str | None) -> Membership | None:
        """The one of this id, else the only one."""
        for each in self.memberships:
            if org_id is not None and (each.id or "").casefold() == org_id.casefold():
                return each
        return self.memberships[0] if len(self.memberships) == 1 else None


def read_balance(answer: object) -> Balance:
    """The balance, in each of its documented shapes, one object or a list of them. Raises MalformedAnswer.

    A sum in another currency than USD is none that anything here could be counted against.
    """
    members = mapping(answer)
    for part in (members, *map(mapping, sequence(members.get("items")))):
        currency = text(part.get("currency"))
        if currency is not None and currency.strip().upper() != "USD":
            continue
        cents = _signed(part.get("balance_cents"))
        left = (_signed(part.get("balance")), _signed(part.get("balance_usd")), None if cents is None else cents / 100)
        for dollars in left:
            if dollars is not None:
                return Balance(dollars, amount(part.get("low_balance_threshold")))
    raise MalformedAnswer("the answer holds no balance")


def read_account(answer: object) -> Account:
    """Whose key it is. Never raises: what is missing is None."""
    members = mapping(answer)
    names = (text(members.get("first_name")), text(members.get("last_name")))
    memberships = tuple(_membership(mapping(entry)) for entry in sequence(members.get("memberships")))
    told = "email_verified_at" in members
    return Account(
        text(members.get("id")),
        text(members.get("email")),
        tuple(each for each in memberships if each.label),
        " ".join(name.strip() for name in names if name) or None,
        text(members["email_verified_at"]) is not None if told else None,
        members,
    )


def _membership(entry: Mapping[str, Any]) -> Membership:
    org = mapping(entry.get("org"))
    scopes = frozenset(filter(None, map(text, sequence(entry.get("scopes")))))
    return Membership(
        text(org.get("id")),
        first_text(org.get("name"), org.get("slug")),
        text(org.get("plan_code")),
        text(entry.get("role_code")),
        scopes or None,
    )


def _signed(value: object) -> Decimal | None:
    """US dollars that may be owed."""
    found = amount(value)
    if found is not None:
        return found
    if isinstance(value, str):
        owed = amount(value.strip()[1:]) if value.strip().startswith("-") else None
    else:
        owed = amount(-value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None
    return None if owed is None else -owed
