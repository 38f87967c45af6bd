"""What of the accounts can be set: what every key belongs to, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from ...models.nearest import nearest
from .scopes import SCOPES

CHOICES: dict[str, tuple[str, ...]] = {"email": ("verified", "unverified"), "memberships": ("always", "embedded")}
"""Switches that take one of a few words; the first is the default."""
LISTS = ("organizations", "lacks")
"""Switches that take names, comma-joined; none is the default."""


class BadAccountSwitch(ValueError):
    """A switch of the accounts cannot be set so; the text says why."""


@dataclass(frozen=True, slots=True)
class AccountSwitches:
    """What every key of the sandbox is. Raises BadAccountSwitch for a value that makes no sense."""

    organizations: tuple[str, ...] = ()
    """Names of organizations that every key belongs to beside its own; `X-Organization-Id` says which is meant."""
    lacks: tuple[str, ...] = ()
    """Scopes that every key lacks: what needs one of them is answered 403 PERMISSION_DENIED."""
    email: str = "verified"
    """`unverified`: all but the account itself is answered 403 EMAIL_NOT_VERIFIED."""
    memberships: str = "always"
    """Whether the account tells its memberships, or only where they are `embedded`; no page says."""

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise BadAccountSwitch(f"{name} takes {' or '.join(choices)}, not {getattr(self, name)}")
        for scope in self.lacks:
            if scope not in SCOPES:
                meant = nearest(scope, SCOPES)
                raise BadAccountSwitch(f"{scope} is no scope" + (f"; did you mean {meant}?" if meant else ""))


def read_account_switches(words: Iterable[str]) -> AccountSwitches:
    """From words such as `organizations=foxes,owls` and `lacks=runs:create`. Raises BadAccountSwitch."""
    known = [each.name for each in fields(AccountSwitches)]
    given: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if name not in known or not equals:
            meant = nearest(name, known)
            raise BadAccountSwitch(f"{name} is no switch of accounts" + (f"; did you mean {meant}=?" if meant else ""))
        given[name] = tuple(filter(None, map(str.strip, value.split(",")))) if name in LISTS else value
    return AccountSwitches(**given)


def guide() -> str:
    """Each switch with what it takes, its default first."""
    taken = {"organizations": "NAME,...", "lacks": "SCOPE,..."}
    taken |= {name: "|".join(choices) for name, choices in CHOICES.items()}
    return ", ".join(f"{name}={value}" for name, value in taken.items())
