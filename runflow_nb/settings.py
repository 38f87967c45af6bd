"""Every setting, in one place: a call's own argument, then what was configured, then the environment, then the default.

Nothing is read at import. A guard (budget, reuse) that the environment sets can be tightened, never loosened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from .errors import InvalidSetting
from .money import parse_usd, usd
from .secret import Secret

LIVE_URL = "https://api.runflow.io"
SANDBOX = "sandbox"
"""As a base URL: the sandbox embedded in this process."""

Reuse = Literal["on", "only"]
Wait = Literal["block", "loop"]
Scope = Literal["session", "notebook", "day"]
SCOPES: tuple[Scope, ...] = ("session", "notebook", "day")


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that may be spent within a scope, in USD, for each origin apart."""

    amount: Decimal
    scope: Scope

    def __str__(self) -> str:
        return f"{usd(self.amount)} a {'kernel session' if self.scope == 'session' else self.scope}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table of settings."""

    name: str
    default: str
    meaning: str
    variable: str | None = None
    """The environment variable that sets it."""


TABLE: tuple[Setting, ...] = (
    Setting("base_url", LIVE_URL, "the API; `sandbox` starts the embedded sandbox", "RUNFLOW_BASE_URL"),
    Setting(
        "store", "", "the folder `.runflow`; empty: beside the notebook, else the working folder", "RUNFLOW_NB_STORE"
    ),
    Setting("notebook", "", "path of this notebook; empty: as the front end says", "RUNFLOW_NB_NOTEBOOK"),
    Setting("reuse", "on", "`on`, or `only`: show what is on record, never call the network", "RUNFLOW_NB_REUSE"),
    Setting(
        "budget", "10/session", "USD: `5`, `5/session`, `5/notebook`, `5/day` (UTC), comma-joined", "RUNFLOW_NB_BUDGET"
    ),
    Setting("wait_limit", "900", "seconds that a cell waits for a run, which then goes on without it"),
    Setting("wait", "block", "`block`, or `loop`: the notebook's own asyncio tasks go on while a cell waits"),
    Setting("organization", "", "organisation id, where the key belongs to several"),
)
BY_NAME: Mapping[str, Setting] = {row.name: row for row in TABLE}
KEY_VARIABLE = "RUNFLOW_API_KEY"

configured: dict[str, Any] = {}
"""What `%config Runflow` and `connect()` set in this process, by name. Any value: the next call judges it."""
working_folder: Path | None = None
"""Where the process stood when the extension was loaded; notebooks change folders, and their store stays."""
current_notebook: Callable[[], Path | None] = lambda: None  # noqa: E731 - put in place by whoever knows the front end
"""The notebook that is running, as far as its front end says."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings as they stand at one call, valid."""

    base_url: str
    store: Path | None
    notebook: Path | None
    reuse: Reuse
    budget: tuple[Limit, ...]
    wait_limit: float
    wait: Wait
    organization: str | None
    key: Secret | None

    @property
    def connected(self) -> bool:
        """Whether there is anything to send a request to."""
        return self.key is not None or self.base_url == SANDBOX or is_loopback(self.base_url)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a setting's value came from, for people."""

    value: Any
    source: str


def is_loopback(url: str) -> bool:
    """Whether this address can only be this machine."""
    host = urlsplit(url).hostname or ""
    return host == "localhost" or host == "::1" or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def where(name: str, explicit: Mapping[str, Any] | None = None) -> Origin:
    """The value in force for one setting and where it was set."""
    row = BY_NAME[name]
    if explicit and explicit.get(name) not in (None, ""):
        return Origin(explicit[name], "given in the call")
    if configured.get(name) not in (None, ""):
        return Origin(configured[name], "%config Runflow")
    if row.variable and os.environ.get(row.variable):
        return Origin(os.environ[row.variable], row.variable)
    return Origin(row.default, "default")


def resolve(explicit: Mapping[str, Any] | None = None, key: Secret | None = None) -> Settings:
    """All settings as they stand now.

    Raises InvalidSetting, which names the setting, its source and what is wrong with it.
    """
    found = {row.name: where(row.name, explicit) for row in TABLE}
    store, notebook = str(found["store"].value), str(found["notebook"].value)
    return Settings(
        base_url=_base_url(found["base_url"]),
        store=Path(store).expanduser().absolute() if store else None,
        notebook=Path(notebook).expanduser().absolute() if notebook else None,
        reuse=_reuse(found["reuse"]),
        budget=_budget(found["budget"]),
        wait_limit=_seconds(found["wait_limit"]),
        wait=_wait(found["wait"]),
        organization=str(found["organization"].value) or None,
        key=key or _key(),
    )


def _key() -> Secret | None:
    text = os.environ.get(KEY_VARIABLE, "").strip()
    return Secret(text) if text else None


def _base_url(found: Origin) -> str:
    url = str(found.value).strip().rstrip("/")
    if url == SANDBOX:
        return url
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and is_loopback(url):
        return url
    reason = "An address is `sandbox`, https://..., or http:// on this machine; a key is never sent in clear text."
    raise InvalidSetting("base_url", url, found.source, reason)


def _reuse(found: Origin) -> Reuse:
    guard = os.environ.get("RUNFLOW_NB_REUSE", "")
    if found.value not in ("on", "only") or guard not in ("", "on", "only"):
        value, source = (
            (found.value, found.source) if found.value not in ("on", "only") else (guard, "RUNFLOW_NB_REUSE")
        )
        raise InvalidSetting("reuse", str(value), source, "It takes `on` or `only`.")
    return "only" if "only" in (found.value, guard) else "on"


def _wait(found: Origin) -> Wait:
    if found.value not in ("block", "loop"):
        raise InvalidSetting("wait", str(found.value), found.source, "It takes `block` or `loop`.")
    return "loop" if found.value == "loop" else "block"


def _budget(found: Origin) -> tuple[Limit, ...]:
    limits = parse_budget(found)
    guard = os.environ.get("RUNFLOW_NB_BUDGET", "")
    if guard and found.source != "RUNFLOW_NB_BUDGET":
        limits += parse_budget(Origin(guard, "RUNFLOW_NB_BUDGET"))
    return limits


def parse_budget(found: Origin) -> tuple[Limit, ...]:
    """`5`, `5/session`, `5/notebook`, `5/day`, comma-joined, as limits in USD. Raises InvalidSetting."""
    limits = []
    for part in str(found.value).split(","):
        amount, _, scope = (piece.strip() for piece in part.partition("/"))
        value = parse_usd(amount)
        named = next((known for known in SCOPES if known == (scope or "session")), None)
        if value is None or named is None:
            reason = (
                "It takes an amount in USD, alone or with /session, /notebook or /day: `5`, `2.50/notebook, 10/day`."
            )
            raise InvalidSetting("budget", str(found.value), found.source, reason)
        limits.append(Limit(value, named))
    return tuple(limits)


def _seconds(found: Origin) -> float:
    try:
        seconds = float(found.value)
    except (TypeError, ValueError):
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise InvalidSetting("wait_limit", str(found.value), found.source, "It takes a number of seconds above 0.")
    return seconds
