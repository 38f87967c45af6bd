"""What the place where a cell runs can do: show a line that changes, rewrite the cell."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any


def parent_header(shell: Any) -> Mapping[str, Any]:
    """The request that runs now, as the front end sent it; empty outside a kernel."""
    kernel = getattr(shell, "kernel", None)
    get_parent = getattr(kernel, "get_parent", None)
    parent = get_parent() if get_parent is not None else getattr(shell, "parent_header", None)
    return parent if isinstance(parent, Mapping) else {}


def in_terminal(shell: Any) -> bool:
    """Whether there is no kernel: text only, and nothing that was shown can change."""
    return getattr(shell, "kernel", None) is None


def captured(shell: Any) -> bool:
    """Whether outputs go into an Output widget, where updates are lost.

    Such a widget carries the id of the request it captures. Who has one has imported ipywidgets, so nothing is
    imported here.
    """
    widgets = sys.modules.get("ipywidgets")
    output = getattr(widgets, "Output", None)
    if output is None:
        return False
    request = parent_header(shell).get("header", {}).get("msg_id")
    return bool(request) and any(_captures(widget, output, request) for widget in _instances(output))


def _captures(widget: Any, output: type, request: str) -> bool:
    return isinstance(widget, output) and getattr(widget, "msg_id", "") == request


def _instances(output: type) -> list[Any]:
    """All live widgets; ipywidgets 7 keeps them on the class, 8 in its module."""
    module = sys.modules.get("ipywidgets.widgets.widget")
    table = getattr(module, "_instances", None)
    if table is None:
        table = getattr(output, "widgets", {})
    return list(table.values())


def can_update(shell: Any) -> bool:
    """Whether an output that was shown can be changed later."""
    return not in_terminal(shell) and not captured(shell)


def can_rewrite(shell: Any) -> bool:
    """Whether the running cell's text can be replaced: front ends that can send its id, headless runners do not."""
    return in_terminal(shell) or "cellId" in parent_header(shell).get("metadata", {})
