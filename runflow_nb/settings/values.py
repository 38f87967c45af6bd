"""From what was given for a setting to its value: one pure reader each, raising InvalidSetting."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from ..errors import InvalidSetting
from ..money import parse_usd, usd
from ..secret import without_keys

SANDBOX = "sandbox"
"""As a base URL: the sandbox embedded in this process."""

Reuse = Literal["on", "only"]
Wait = Literal["block", "loop"]
Scope = Literal["session", "notebook", "day"]
SCOPES: tuple[Scope, ...] = ("session", "notebook", "day")


@dataclass(frozen=True, slots=True)
class Given:
    """What was given for one setting, and where."""

    name: str
    value: Any
    source: str
    """For people: `%config Runflow`, a variable of the environment, ..."""

    @property
    def text(self) -> str:
        return str(self.value).strip()

    @property
    def shown(self) -> str:
        """As messages and tables show it: keys, and whatever stands before the @ of an address, stay hidden."""
        return without_keys(re.sub(r"//[^/\s]*@", "//…@", str(self.value)))

    def invalid(self, reason: str, nearest: str | None = None) -> InvalidSetting:
        """The error that says why it cannot be used."""
        advice = f" Did you mean {nearest}?" if nearest else ""
        return InvalidSetting(self.name, self.shown, self.source, reason + advice)


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that may be spent within a scope, in USD, for each origin apart."""

    amount: Decimal
    scope: Scope

    def __str__(self) -> str:
        return f"{usd(self.amount)} a {'kernel session' if self.scope == 'session' else self.scope}"


def is_loopback(url: str) -> bool:
    """Whether this address can only be this machine."""
    host = urlsplit(url).hostname or ""
    return host == "localhost" or host == "::1" or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def read_base_url(given: Given) -> str:
    url = given.text.rstrip("/")
    if url == SANDBOX:
        return url
    try:
        parts = urlsplit(url)
    except ValueError as reason:
        raise given.invalid(f"It is no address: {reason}.") from None
    if "@" in parts.netloc:
        raise given.invalid("An address holds no user name and no password.")
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and is_loopback(url):
        return url
    raise given.invalid(
        "An address is `sandbox`, https://..., or http:// on this machine; a key is never sent in clear text."
    )


def read_path(given: Given) -> Path | None:
    try:
        return Path(given.text).expanduser().absolute() if given.text else None
    except RuntimeError:
        raise given.invalid("It names the home of a user that this machine does not know.") from None


def read_text(given: Given) -> str | None:
    return given.text or None


def read_reuse(given: Given) -> Reuse:
    match given.value:
        case "on":
            return "on"
        case "only":
            return "only"
    raise given.invalid("It takes `on` or `only`.")


def read_wait(given: Given) -> Wait:
    match given.value:
        case "block":
            return "block"
        case "loop":
            return "loop"
    raise given.invalid("It takes `block` or `loop`.")


def read_switch(given: Given) -> bool:
    match given.value:
        case "on" | True:
            return True
        case "off" | False:
            return False
    raise given.invalid("It takes `on` or `off`.")


def read_budget(given: Given) -> tuple[Limit, ...]:
    """`5`, `5/session`, `5/notebook`, `5/day`, comma-joined, as limits in USD."""
    limits = []
    for part in str(given.value).split(","):
        amount, _, scope = (piece.strip() for piece in part.partition("/"))
        value = parse_usd(amount)
        named = next((known for known in SCOPES if known == (scope or "session")), None)
        if value is None or named is None:
            raise given.invalid(
                "It takes an amount in USD, alone or with /session, /notebook or /day: `5`, `2.50/notebook, 10/day`."
            )
        limits.append(Limit(value, named))
    return tuple(limits)


def read_usd(given: Given) -> Decimal:
    """An amount in USD; a float counts as the decimal that it is written as."""
    amount = parse_usd(given.value)
    if amount is None:
        raise given.invalid("It takes an amount in USD, such as 1.50.")
    return amount


def read_seconds(given: Given) -> float:
    try:
        seconds = float(given.value)
    except (TypeError, ValueError):
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise given.invalid("It takes a number of seconds above 0.")
    return seconds


def read_default(given: Given) -> Any:
    """A field's value, or a model's name, that some model of the catalog offers; None for the model's own."""
    if not given.text:
        return None
    from ..models.defaults import NotOffered, offered

    try:
        return offered(given.name, given.value)
    except NotOffered as refusal:
        raise given.invalid(refusal.reason, refusal.nearest) from None
