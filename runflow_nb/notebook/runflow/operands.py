"""The runs that the words of a subcommand mean."""

from __future__ import annotations

from IPython import get_ipython

from ... import calls
from ...models.validate import brief
from ...record.run import Run
from ..references.runs import NotFound, find_run
from ..showing.shown import last_shown
from .arguments import Arguments, usage_error


def one_run(command: str, arguments: Arguments) -> Run:
    """The run of a command that takes one. Raises InvalidCommand where none is named, or none is meant."""
    (found,) = runs(command, arguments, 1)
    return found


def two_runs(command: str, arguments: Arguments) -> tuple[Run, Run]:
    """The runs of a command that takes two. Raises InvalidCommand."""
    first, second = runs(command, arguments, 2)
    return first, second


def runs(command: str, arguments: Arguments, count: int) -> list[Run]:
    """As many runs as the command takes. Raises InvalidCommand."""
    if len(arguments.words) != count:
        wanted = "one run" if count == 1 else "two runs"
        reason = f"takes {wanted}: the id that %runflow history shows, a variable, or @last"
        raise usage_error("", command, reason)
    return [named_run(word) for word in arguments.words]


def named_run(word: str) -> Run:
    """The run that one word means. Raises InvalidCommand."""
    shell = get_ipython()
    try:
        return find_run(word, shell.user_ns, calls.current_store(), last_shown(shell))
    except NotFound as reason:
        raise usage_error("", brief(word), str(reason), reason.nearest) from None
