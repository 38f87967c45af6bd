"""The settings as a table: what each is, where it comes from, and what would stop the next call."""

from __future__ import annotations

import os
from collections.abc import Iterable

from ... import calls, settings
from ...settings import Given, Setting
from .tables import Table


def settings_table(names: Iterable[str] | None = None) -> Table:
    """These settings, or all of them and the key. Never raises: what cannot be used is said below."""
    shown = settings.BY_NAME if names is None else dict.fromkeys(names)
    rows = [_row(row, settings.where(row.name)) for row in settings.TABLE if row.name in shown]
    if names is None:
        key = "set" if calls.has_key() else "not set"
        rows.append(("key", key, "", "never shown; %runflow connect live, or RUNFLOW_API_KEY"))
    faults = [f"{one.name} = {one.given} ({one.source}) cannot be used. {one.reason}" for one in settings.invalid()]
    columns = ("setting", "value", "from", "meaning")
    return Table(columns, tuple(rows), wrapped=frozenset({"meaning"}), remark="\n".join(faults))


def _row(row: Setting, given: Given) -> tuple[str, str, str, str]:
    return row.name, given.shown, _source(row, given), row.meaning.replace("`", "")


def _source(row: Setting, given: Given) -> str:
    guard = os.environ.get(row.variable, "") if row.variable and row.tighten else ""
    if not guard or given.source == row.variable:
        return given.source
    return f"{given.source}, within {row.variable}={guard}"
