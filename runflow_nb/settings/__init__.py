"""Every setting, in one place: a call's own argument, then what was configured, then the environment, then the default.

Nothing is read at import. A guard (budget, reuse) that the environment sets can be tightened, never loosened.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InvalidSetting
from ..secret import Secret
from .table import BY_NAME, DEFAULTS, LIVE_URL, TABLE, Setting
from .values import SANDBOX, SCOPES, Given, Limit, Reuse, Scope, Wait, is_loopback

if TYPE_CHECKING:
    from ..models.spec import Value

__all__ = [
    "BY_NAME",
    "DEFAULTS",
    "KEY_VARIABLE",
    "LIVE_URL",
    "SANDBOX",
    "SCOPES",
    "TABLE",
    "Given",
    "Limit",
    "Reuse",
    "Scope",
    "Setting",
    "Settings",
    "Wait",
    "configure",
    "configured",
    "current_notebook",
    "invalid",
    "is_loopback",
    "read",
    "resolve",
    "spelled",
    "unknown",
    "where",
    "working_folder",
]

FOLDER = ".runflow"
"""The store's name, where none was set."""
KEY_VARIABLE = "RUNFLOW_API_KEY"
CONFIGURED = "%config Runflow"
HIDDEN = "(hidden)"

configured: dict[str, Any] = {}
"""What `%config Runflow` and `connect()` set in this process, by name. Any name and any value: the next call judges."""
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
    confirm_above: Decimal
    """USD that a run may cost without having been agreed to."""
    defaults: Mapping[str, Value]
    """`model` and fields, as canonical values, for what a request does not say."""
    wait_limit: float
    wait: Wait
    embed: bool
    """Whether pictures that are saved hold their recipe."""
    organization: str | None
    key: Secret | None

    @property
    def connected(self) -> bool:
        """Whether there is anything to send a request to."""
        return self.key is not None or self.base_url == SANDBOX or is_loopback(self.base_url)

    @property
    def online(self) -> bool:
        """Whether anything may be asked of the API, also what costs nothing."""
        return self.connected and self.reuse == "on"


def configure(name: str, value: Any) -> None:
    """Set one setting for this process; what was likely a misspelling of its name is forgotten."""
    if misspelt := unknown():
        from ..models.nearest import nearest

        for other in misspelt:
            if nearest(other, BY_NAME) == name:
                del configured[other]
    configured[name] = value


def where(name: str, explicit: Mapping[str, Any] | None = None) -> Given:
    """What is in force for one setting, as given, and where it was set."""
    row = BY_NAME[name]
    if explicit and not _empty(explicit.get(name)):
        return Given(name, explicit[name], "given in the call")
    if not _empty(configured.get(name)):
        return Given(name, configured[name], CONFIGURED)
    if row.variable and os.environ.get(row.variable):
        return Given(name, os.environ[row.variable], row.variable)
    return Given(name, row.default, "default")


def read(name: str, explicit: Mapping[str, Any] | None = None) -> Any:
    """The value of one setting as it stands now, tightened by the environment's guard.

    Raises InvalidSetting, also where there is no setting of this name.
    """
    if name not in BY_NAME:
        from ..models.nearest import nearest

        meant = nearest(name, BY_NAME)
        # Under a name like none of ours may stand a key: it would be repeated in every message.
        given = Given(name, configured.get(name) if meant else HIDDEN, CONFIGURED)
        advice = f" Did you mean {meant}?" if meant else ""
        raise given.invalid(f"There is no setting of this name.{advice} Take it back with {spelled(name)} = None.")
    row, given = BY_NAME[name], where(name, explicit)
    value = row.read(given)
    guard = os.environ.get(row.variable, "") if row.variable else ""
    if row.tighten is None or not guard or given.source == row.variable:
        return value
    return row.tighten(value, row.read(Given(name, guard, str(row.variable))))


def spelled(name: str) -> str:
    """A setting as people set it."""
    return f"{CONFIGURED}.{name}"


def unknown() -> list[str]:
    """Names that were set and are no setting: misspelt, most likely."""
    return [name for name, value in configured.items() if name not in BY_NAME and not _empty(value)]


def resolve(explicit: Mapping[str, Any] | None = None, key: Secret | None = None) -> Settings:
    """All settings as they stand now.

    Raises InvalidSetting, which names the setting, its source and what is wrong with it.
    """
    for name in unknown():
        read(name)
    found = {row.name: read(row.name, explicit) for row in TABLE}
    defaults = {name: value for name in DEFAULTS if (value := found.pop(name)) is not None}
    return Settings(**found, defaults=defaults, key=key or _key())


def store_folder(store: Path | None, notebook: str | None) -> Path:
    """Where the store of this notebook lies: as set, else beside the notebook, else in the working folder."""
    beside = Path(notebook).parent if notebook else working_folder or Path.cwd()
    return (store or beside / FOLDER).absolute()


def invalid() -> list[InvalidSetting]:
    """Everything that would stop the next call."""
    found = []
    for name in [*BY_NAME, *unknown()]:
        try:
            read(name)
        except InvalidSetting as error:
            found.append(error)
    return found


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _key() -> Secret | None:
    text = os.environ.get(KEY_VARIABLE, "").strip()
    return Secret(text) if text else None
