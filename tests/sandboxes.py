"""Sandboxes for tests that need one each."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from runflow_nb.sandbox.embedded import EmbeddedSandbox


@contextmanager
def running(**changes: Any) -> Iterator[EmbeddedSandbox]:
    """A sandbox with these switches. It ends beside the next test: a server takes longer to end than most tests do."""
    sandbox = EmbeddedSandbox(**{"latency": 0, **changes})
    try:
        yield sandbox
    finally:
        threading.Thread(target=sandbox.stop, name="end-of-sandbox").start()
