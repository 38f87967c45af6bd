"""Our answers put before IPython's own completer, and taken away again. What is heavy comes with the first Tab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

MAGICS = ("%nanobanana", "%runflow")
"""What a cell has to hold before anything more is looked at."""


def install(shell: Any) -> Callable[[], None]:
    """Answer for our magics in this shell; what puts back what was there before."""
    completer = shell.Completer
    before = completer.completions

    # IPython 7 has no matcher that sees the whole cell, and no hook of either version keeps jedi out, which offers all
    # of Python's names after `-a 16:`. This one method is what kernels and terminals of all versions ask.
    def completions(text: str, offset: int) -> Iterator[Any]:
        found = _offers(shell, text, offset) if any(magic in text for magic in MAGICS) else None
        return before(text, offset) if found is None else iter(found)

    had_own = "completions" in vars(completer)
    completer.completions = completions

    def put_back() -> None:
        if vars(completer).get("completions") is not completions:
            return
        if had_own:
            completer.completions = before
        else:
            del completer.completions

    return put_back


def _offers(shell: Any, text: str, offset: int) -> list[Any] | None:
    """Completions as IPython has them; None where the cursor stands nowhere that is ours."""
    try:
        from IPython.core.completer import Completion

        from .rules import complete
        from .running import RunningNotebook

        offers = complete(text, offset, RunningNotebook(shell))
        return None if offers is None else [Completion(o.start, offset, o.text, type=o.kind) for o in offers]
    except Exception:  # noqa: BLE001 - a Tab never fails: what goes wrong here must not be seen in the middle of typing
        return None
