"""An interrupt, wherever it strikes: told in words, with no line of ours."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from ..errors import WaitInterrupted

P = ParamSpec("P")
T = TypeVar("T")


def interrupts_told(act: Callable[P, T]) -> Callable[P, T]:
    """Also one that strikes at an import or between two displays ends in what it means for a person's runs.

    What this returns raises WaitInterrupted in place of any other KeyboardInterrupt.
    """

    @wraps(act)
    def told(*args: P.args, **named: P.kwargs) -> T:
        try:
            return act(*args, **named)
        except WaitInterrupted:
            raise
        except KeyboardInterrupt:
            raise WaitInterrupted(None) from None

    return told
