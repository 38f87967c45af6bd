"""`%runflow config`: each setting, its value and where it came from, and where the runs lie; `NAME=VALUE` sets one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from .... import calls, settings
from ....engine.budget import NOTHING
from ....models.nearest import nearest
from ....models.validate import brief
from ....money import usd
from ....record.usage import measure
from ...showing.outputs import publish
from ...views.settings_table import settings_table
from ...views.tables import Table
from ..arguments import Arguments, usage_error


def run(arguments: Arguments) -> None:
    """Show the settings, or those that are named, set where a value is given. Raises InvalidCommand, InvalidSetting."""
    if arguments.rest:
        words = _words(arguments.rest)
        asked = all(word in settings.BY_NAME for word in words)
        publish(settings_table(words if asked else _assign(words)).bundle())
        return
    publish(settings_table().bundle())
    if not settings.invalid():
        publish(Table(("here", ""), tuple(_facts())).bundle())


def _assign(words: Sequence[str]) -> list[str]:
    """The names that were set. All or none: one that cannot be used leaves everything as it was."""
    assigned: list[str] = []
    before = dict(settings.configured)
    try:
        for word in words:
            name, equals, value = word.partition("=")
            if name not in settings.BY_NAME:
                raise usage_error("", brief(name), "is no setting", nearest(name, settings.BY_NAME))
            if not equals:
                raise usage_error("", brief(name), f"needs a value: {name}=VALUE")
            settings.configure(name, value)
            assigned.append(name)
        for name in assigned:
            settings.read(name)
    except BaseException:
        settings.configured.clear()
        settings.configured.update(before)
        raise
    return assigned


def _words(rest: str) -> list[str]:
    """`NAME` and `NAME=VALUE` words; blank space around = and commas, and quotes, are as harmless as in `%config`."""
    joined = re.sub(r"\s*(,)\s*|\s+(?==)", r"\1", rest)
    # Not where another setting follows: `resolution= model=pro` takes the first one back.
    joined = re.sub(r"=\s+(?!\w+=)", "=", joined)
    reader = shlex.shlex(joined, posix=True)
    reader.whitespace_split, reader.commenters, reader.escape = True, "", ""
    try:
        return list(reader)
    except ValueError:
        raise usage_error("", brief(rest), "opens a quote that is never closed") from None


def _facts() -> Iterator[tuple[str, str]]:
    """Which notebook this is taken for, where its runs lie, what room they take, and where new ones are made."""
    now = calls.session().settings()
    notebook, store = calls.notebook_of(now), calls.current_store()
    used, count = measure(store.root), store.index.count()
    yield "notebook", notebook or "not known"
    yield "store", str(store.root)
    yield "runs", f"{count:,}" if count else "none yet"
    yield "size", f"originals {_mb(used.originals)}, previews {_mb(used.previews)}, journal {_mb(used.journal)}"
    engine = calls.session().engine(now, notebook)
    yield "origin", engine.connection.origin if now.connected else "not connected"
    left = engine.budget_left(now, notebook)
    yield "budget", ", ".join(f"{usd(max(amount, NOTHING))} left of {limit}" for limit, amount in left)


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
