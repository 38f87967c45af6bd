"""`%runflow config`: each setting, its value and where it came from; `NAME=VALUE` sets one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from ... import calls, settings
from ...models.nearest import nearest
from ...models.validate import brief
from ..arguments import Arguments, usage_error
from ..outputs import publish
from ..tables import Table


def run(arguments: Arguments) -> None:
    """Show the settings, or set those that are named and show these. Raises InvalidCommand, InvalidSetting."""
    publish((_table(_assign(arguments.rest)) if arguments.rest else _table()).bundle())


def _assign(rest: str) -> list[str]:
    """The names that were set. All or none: one that cannot be used leaves everything as it was."""
    assigned = []
    before = dict(settings.configured)
    try:
        for word in _words(rest):
            name, equals, value = word.partition("=")
            if name not in settings.BY_NAME:
                raise usage_error("", brief(name), "is no setting", nearest(name, settings.BY_NAME))
            if not equals:
                raise usage_error("", brief(name), f"needs a value: {name}=VALUE")
            settings.configured[name] = value
            assigned.append(name)
        calls.session().settings()
    except BaseException:
        settings.configured.clear()
        settings.configured.update(before)
        raise
    return assigned


def _words(rest: str) -> list[str]:
    """`NAME=VALUE` words; blank space around = and commas, and quotes, are as harmless as in `%config`."""
    reader = shlex.shlex(re.sub(r"\s*([=,])\s*", r"\1", rest), posix=True)
    reader.whitespace_split, reader.commenters, reader.escape = True, "", ""
    try:
        return list(reader)
    except ValueError:
        raise usage_error("", brief(rest), "opens a quote that is never closed") from None


def _table(names: Iterable[str] | None = None) -> Table:
    shown = settings.BY_NAME if names is None else dict.fromkeys(names)
    found = [(row, settings.where(row.name)) for row in settings.TABLE if row.name in shown]
    key = "set" if calls.session().settings().key else "not set"
    rows = [(row.name, str(where.value), where.source, row.meaning.replace("`", "")) for row, where in found]
    if names is None:
        rows.append(("key", key, "", "never shown; %runflow connect live, or RUNFLOW_API_KEY"))
    return Table(("setting", "value", "from", "meaning"), tuple(rows), wrapped=frozenset({"meaning"}))
