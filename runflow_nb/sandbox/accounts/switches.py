"""What of the accounts can be set: what every key belongs to, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...models.nearest import nearest
from ..switching import BadSwitch, Choices, Readers, check_choices, read_names, read_words, tell_switches
from .scopes import SCOPES

CHOICES: Choices = {"email": ("verified", "unverified"), "memberships": ("always", "embedded")}
READERS: Readers = {"organizations": read_names, "lacks": read_names}


@dataclass(frozen=True, slots=True)
class AccountSwitches:
    """What every key of the sandbox is. Raises BadSwitch for a value that makes no sense."""

    organizations: tuple[str, ...] = ()
    """Names of organizations that every key belongs to beside its own; `X-Organization-Id` says which is meant."""
    lacks: tuple[str, ...] = ()
    """Scopes that every key lacks: what needs one of them is answered 403 PERMISSION_DENIED."""
    email: str = "verified"
    """`unverified`: all but the account itself is answered 403 EMAIL_NOT_VERIFIED."""
    memberships: str = "always"
    """Whether the account tells its memberships, or only where they are `embedded`; no page says."""

    def __post_init__(self) -> None:
        check_choices(self, CHOICES)
        for scope in self.lacks:
            if scope not in SCOPES:
                meant = nearest(scope, SCOPES)
                raise BadSwitch(f"{scope} is no scope" + (f"; did you mean {meant}?" if meant else ""))


def read_account_switches(words: Iterable[str]) -> AccountSwitches:
    """From words such as `organizations=foxes,owls` and `lacks=runs:create`. Raises BadSwitch."""
    return AccountSwitches(**read_words("accounts", words, READERS, CHOICES))


def guide() -> str:
    """Each switch with what it takes, its default first."""
    return tell_switches({"organizations": "NAME,...", "lacks": "SCOPE,..."}, CHOICES)
