"""Outputs of the cell that runs: the one door to IPython's display."""

from __future__ import annotations

from typing import Any, Protocol

from IPython import display as ipython

from ...plain import visible
from ..views.bundles import Bundle


class Output(Protocol):
    """An output that can be changed, from any thread."""

    def display(self, obj: Bundle, *, raw: bool) -> None:
        """Show this bundle; its place is then known to `update`."""

    def update(self, obj: Bundle, *, raw: bool, metadata: Bundle | None = None) -> None:
        """Put this bundle in its place."""


def publish(data: Bundle, metadata: Bundle | None = None) -> None:
    """Show a bundle."""
    display: Any = ipython.display
    display(data, metadata=metadata or {}, raw=True)


def present(value: object) -> None:
    """Show a value as the closing value of a cell is shown."""
    display: Any = ipython.display
    display(value)


def updatable() -> Output:
    """An output that is yet to be shown."""
    handle: Any = ipython.DisplayHandle
    output: Output = handle()
    return output


def append(widget: Any, data: Bundle, metadata: Bundle | None = None) -> None:
    """Show a bundle at the end of an Output widget; from any thread."""
    widget.outputs += ({"output_type": "display_data", "data": data, "metadata": metadata or {}},)


def say(text: str) -> None:
    """Show plain text."""
    publish({"text/plain": visible(text)})
