"""`%config Runflow`: the settings as traits. A trait takes any value, and the next call judges it: IPython would only
print what a trait refuses, and let the cell count as done."""

from __future__ import annotations

from typing import Any

from traitlets import Any as AnyTrait
from traitlets.config import Configurable

from .. import settings


class SettingTrait(AnyTrait):
    """Reads and writes the process's settings."""

    def get(self, _obj: Any, _cls: Any = None) -> Any:
        return settings.where(str(self.name)).value

    def set(self, _obj: Any, value: Any) -> None:
        settings.configured[str(self.name)] = value


def _traits() -> dict[str, Any]:
    return {row.name: SettingTrait(row.default, help=_help(row)).tag(config=True) for row in settings.TABLE}


def _help(row: settings.Setting) -> str:
    return row.meaning + (f" (environment: {row.variable})" if row.variable else "")


Runflow: type[Configurable] = type("Runflow", (Configurable,), {"__doc__": "Settings of runflow_nb.", **_traits()})
