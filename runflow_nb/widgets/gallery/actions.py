"""What can be done with chosen runs, beside rating, tagging and saving them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import RunflowError
from ...record.run import Run


@dataclass(frozen=True, slots=True)
class Action:
    """One button below the grid."""

    label: str
    runs: int
    """How many have to be chosen."""
    act: Callable[[Sequence[Run]], Any]
    """Gives a widget, to be shown below the gallery, or a text, to be copied from it. May raise RunflowError."""


def compare(runs: Sequence[Run]) -> Any:
    """Two runs side by side."""
    from ..compare import Compare

    return Compare(*runs)


def edit(runs: Sequence[Run]) -> Any:
    """A form that makes a new picture from this run's."""
    from ..studio.studio import Studio

    (run,) = runs
    if not run.images:
        raise RunflowError(f"Run {run.short} has no picture that could be edited.")
    return Studio(images=list(run.images))


def cell(runs: Sequence[Run]) -> str:
    """The cell that shows this run for nothing. Raises RunflowError where there can be none."""
    from ..studio.recall import cell_of

    (run,) = runs
    return cell_of(run)


ACTIONS: Mapping[str, Action] = {
    "compare": Action("Compare", 2, compare),
    "edit": Action("Edit", 1, edit),
    "cell": Action("To cell", 1, cell),
}
