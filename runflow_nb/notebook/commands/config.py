"""`%runflow config`: each setting, its value and where it came from; `NAME=VALUE` sets one."""

from __future__ import annotations

from ... import calls, settings
from ...models.nearest import nearest
from ...models.validate import brief
from ..outputs import publish
from ..runflow import usage_error
from ..tables import Table


def run(rest: str) -> None:
    """Show the settings, or set those that are named. Raises InvalidRequest, InvalidSetting."""
    if rest:
        _assign(rest)
    publish(_table().bundle())


def _assign(rest: str) -> None:
    """All or none: one that cannot be used leaves everything as it was."""
    before = dict(settings.configured)
    try:
        for word in rest.split():
            name, equals, value = word.partition("=")
            if name not in settings.BY_NAME:
                raise usage_error("", brief(name), "is no setting", nearest(name, settings.BY_NAME))
            if not equals:
                raise usage_error("", brief(name), f"needs a value: {name}=VALUE")
            settings.configured[name] = value
        calls.session().settings()
    except BaseException:
        settings.configured.clear()
        settings.configured.update(before)
        raise


def _table() -> Table:
    found = [(row, settings.where(row.name)) for row in settings.TABLE]
    key = "set" if calls.session().settings().key else "not set"
    rows = [(row.name, str(where.value), where.source, row.meaning.replace("`", "")) for row, where in found]
    rows.append(("key", key, "never shown", "%runflow connect live, or RUNFLOW_API_KEY"))
    return Table(("setting", "value", "from", "meaning"), tuple(rows), wrapped=frozenset({"meaning"}))
