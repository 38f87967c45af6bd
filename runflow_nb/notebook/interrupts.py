"""An interrupt, wherever it strikes: told in words, with no line of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import WaitInterrupted


@contextmanager
def interrupts_told() -> Iterator[None]:
    """Also one that strikes at an import or between two displays ends in what it means for a person's runs.

    Raises WaitInterrupted.
    """
    try:
        yield
    except WaitInterrupted:
        raise
    except KeyboardInterrupt:
        raise WaitInterrupted(None) from None
