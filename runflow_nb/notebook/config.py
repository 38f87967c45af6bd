"""`%config Runflow`: the settings as traits. A trait takes any value, and the next call judges it: IPython would only
print what a trait refuses, and let the cell count as done. A misspelt trait it passes over; here it is kept for the
next call to refuse."""

from __future__ import annotations

from typing import Any

from traitlets import Any as AnyTrait
from traitlets.config import Config, Configurable

from .. import settings


class SettingTrait(AnyTrait):
    """Reads and writes the process's settings."""

    def get(self, _obj: Any, _cls: Any = None) -> Any:
        return settings.where(str(self.name)).value

    def set(self, _obj: Any, value: Any) -> None:
        settings.configure(str(self.name), value)


class Noticing(Configurable):
    """Keeps what was set under a name that is none, and describes itself by our own table."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._notice(self.config)

    def update_config(self, config: Config) -> None:
        """What `%config Runflow.name = value` calls."""
        self._notice(config)
        section = type(self).__name__
        if section in config:
            known = {name: value for name, value in config[section].items() if name in settings.BY_NAME}
            config = Config({**config, section: Config(known)})
        super().update_config(config)

    def _notice(self, config: Config) -> None:
        section = type(self).__name__
        for name, value in config.get(section, {}).items():
            if name not in settings.BY_NAME:
                settings.configured[name] = value

    @classmethod
    def class_get_help(cls, inst: Any = None) -> str:  # noqa: ARG003 - what traitlets hands over
        """What `%config Runflow` prints."""
        from .views.settings_table import settings_table

        return f"{settings_table().text()}\n\nSet one with {settings.spelled('NAME')} = VALUE."


def _traits() -> dict[str, Any]:
    return {row.name: SettingTrait(row.default, help=_help(row)).tag(config=True) for row in settings.TABLE}


def _help(row: settings.Setting) -> str:
    return row.meaning + (f" (environment: {row.variable})" if row.variable else "")


Runflow: type[Configurable] = type("Runflow", (Noticing,), {"__doc__": "Settings of runflow_nb.", **_traits()})
