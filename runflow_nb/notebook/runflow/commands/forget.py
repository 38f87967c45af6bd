"""`%runflow forget RUN [RUN ...]`: removes prompt and pictures of runs; their ids and what they cost stay."""

from __future__ import annotations

from collections.abc import Sequence

from .... import calls
from ....errors import InvalidCommand, NotForgotten, Problem
from ....record.forget import Forgotten, forget
from ....record.listing import LIVE, paid
from ....record.run import Run
from ...showing.outputs import publish
from ...views.description import day, place
from ...views.tables import Table
from ..arguments import HINT, Arguments, usage_error
from ..operands import named_run

REMARK = (
    "Saved notebooks keep what their outputs show until these are cleared, and git keeps what was committed.\n"
    "The runs keep their take: the same request says that it was forgotten, and --take buys another picture."
)


def run(arguments: Arguments) -> None:
    """Forget these runs, each as a whole, and say what was removed. Raises InvalidCommand and then forgets none;
    NotForgotten for the first that cannot be, those before it being forgotten."""
    if not arguments.words:
        raise usage_error("", "forget", "needs a run: %runflow forget RUN [RUN ...]")
    meant: dict[str, Run] = {}
    problems: list[Problem] = []
    for word in arguments.words:
        try:
            found = named_run(word)
            meant[found.id] = found
        except InvalidCommand as mistake:
            problems += mistake.problems
    if problems:
        raise InvalidCommand(problems, "option", HINT)
    store = calls.current_store()
    done: list[Forgotten] = []
    refused: NotForgotten | None = None
    for name in meant:
        try:
            done.append(calls.session().loop.away(forget, store, name))
        except NotForgotten as reason:
            refused = reason
            break
    if done:
        publish(_table(done).bundle())
    if refused is not None:
        raise refused


def _table(done: Sequence[Forgotten]) -> Table:
    rows = tuple(
        (each.run.id, day(each.run.created_at), paid(each.run), place(each.run.origin) or LIVE, _removed(each))
        for each in done
    )
    return Table(
        ("forgotten", "day (UTC)", "cost, on record", "origin", "removed"),
        rows,
        frozenset({"cost, on record"}),
        frozenset({"removed"}),
        remark=REMARK,
    )


def _removed(done: Forgotten) -> str:
    parts = ["prompt", _count(done.pictures, "picture"), _count(done.previews, "preview")]
    kept = f" (kept, for other runs need them: {done.shared})" if done.shared else ""
    return ", ".join(filter(None, parts)) + kept


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}" if number else ""
