"""Outputs of the cell that runs: the one door to IPython's display."""

from __future__ import annotations

from typing import Any, Protocol

from IPython import display as ipython

from .bundles import Bundle


class Output(Protocol):
    """An output that can be changed, from any thread."""

    def update(self, obj: Bundle, *, raw: bool, metadata: Bundle | None = None) -> None:
        """Put this bundle in its place."""


def publish(data: Bundle, metadata: Bundle | None = None) -> None:
    """Show a bundle."""
    display: Any = ipython.display
    display(data, metadata=metadata or {}, raw=True)


def publish_updatable(data: Bundle) -> Output:
    """Show a bundle that will be replaced."""
    display: Any = ipython.display
    output: Output = display(data, raw=True, display_id=True)
    return output


def say(text: str) -> None:
    """Show plain text as it is."""
    publish({"text/plain": text})
