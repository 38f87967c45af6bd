"""What the place where a cell runs can do: show a line that changes, rewrite the cell."""

from __future__ import annotations

import shutil
import sys
from typing import Any

from ..callback import parent_header


def in_terminal(shell: Any) -> bool:
    """Whether there is no kernel: text only, and nothing that was shown can change."""
    return getattr(shell, "kernel", None) is None


def capturing(shell: Any) -> Any | None:
    """The Output widget that outputs go into, where updates are lost; None where they go into the cell.

    Such a widget carries the id of the request it captures. Who has one has imported ipywidgets, so nothing is
    imported here.
    """
    widgets = sys.modules.get("ipywidgets")
    output = getattr(widgets, "Output", None)
    request = parent_header(shell).get("header", {}).get("msg_id")
    if output is None or not request:
        return None
    return next((widget for widget in _instances(output) if _captures(widget, output, request)), None)


def _captures(widget: Any, output: type, request: str) -> bool:
    return isinstance(widget, output) and getattr(widget, "msg_id", "") == request


def _instances(output: type) -> list[Any]:
    """All live widgets; ipywidgets 7 keeps them on the class, 8 in its module."""
    module = sys.modules.get("ipywidgets.widgets.widget")
    table = getattr(module, "_instances", None)
    if table is None:
        table = getattr(output, "widgets", {})
    return list(table.values())


def has_page(shell: Any) -> bool:
    """Whether somebody looks at the cell that runs: front ends send its id, headless runners do not."""
    return "cellId" in parent_header(shell).get("metadata", {})


def can_rewrite(shell: Any) -> bool:
    """Whether the running cell's text can be replaced."""
    return in_terminal(shell) or has_page(shell)


def text_width(shell: Any, otherwise: int) -> int:
    """Columns that plain text may take: the terminal's, and `otherwise` where nothing tells."""
    return shutil.get_terminal_size((otherwise, 0)).columns if in_terminal(shell) else otherwise
