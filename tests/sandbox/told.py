"""Waiting for what the sandbox does beside its answers."""

from __future__ import annotations

import time
from collections.abc import Callable

from .conftest import DEADLINE


def wait_until(holds: Callable[[], bool]) -> None:
    """Until it does; an AssertionError where it does not in time."""
    deadline = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < deadline, "it does not come to be"
        time.sleep(0.003)
