"""From the headers of a request to who is calling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..identity import named, organization
from ..refusal import Refusal
from .switches import AccountSwitches

SERVICE_PREFIX = "rf_svc_"
"""What keys of services and administrators begin with."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A key, as far as the sandbox knows it."""

    org_id: str
    """The organization that is meant."""
    own: str
    """The one that the key was made in."""
    service: bool = False
    """Whether it is the key of a service or an administrator."""


def read_caller(headers: Mapping[str, str], switches: AccountSwitches) -> Caller:
    """Raises Refusal 401 without a key, 403 for an organization that the key does not belong to."""
    token = bearer(headers)
    if not token:
        raise Refusal(401, "UNAUTHORIZED", "a bearer token is needed: Authorization: Bearer KEY")
    own = organization(token)
    asked = headers.get("x-organization-id", own).lower()
    if asked != own and asked not in map(shared, switches.organizations):
        raise Refusal(403, "ORGANIZATION_MEMBERSHIP_REQUIRED", "the key belongs to another organization")
    return Caller(asked, own, token.startswith(SERVICE_PREFIX))


def bearer(headers: Mapping[str, str]) -> str:
    """The token that was sent; "" where there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def shared(name: str) -> str:
    """The id of an organization that every key belongs to."""
    return named("shared org", name)


def check_allowed(switches: AccountSwitches, scope: str | None) -> None:
    """Raises Refusal 403 for a key whose address was not confirmed, or that lacks this scope."""
    if switches.email == "unverified":
        raise Refusal(403, "EMAIL_NOT_VERIFIED", "the e-mail address of this account was not confirmed yet")
    if scope in switches.lacks:
        raise Refusal(403, "PERMISSION_DENIED", f"the key lacks the permission {scope}")
