"""A widget in a cell, and before it what is shown where there is no kernel."""

from __future__ import annotations

from typing import Any

from ..notebook.showing.outputs import Output, publish, updatable
from ..notebook.views.bundles import Bundle

WIDGET = "application/vnd.jupyter.widget-view+json"
NOTHING = "<span></span>"
STATIC = "rf-static"
"""The class of what stands in for a widget: the sheet hides it where the widget itself is alive."""


def publish_live(widget: Any, words: str, static: Bundle) -> Output:
    """Show what stands in for a widget, and as an output of its own the widget.

    A front end that finds no model shows an error in place of the widget, whatever else its bundle has: only another
    output is seen there. `words`: what readers of plain text see for the widget; `static` needs `text/html`.
    Returns the widget's output, for what is to take its place.
    """
    publish({**static, "text/html": f'<div class="{STATIC}">{static["text/html"]}</div>'})
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    place = updatable()
    place.display({WIDGET: view, "text/plain": words, "text/html": NOTHING}, raw=True)
    return place


def close_whole(widget: Any) -> None:
    """Close a widget and all that it holds: neither page nor kernel keeps anything of it."""
    for child in getattr(widget, "children", ()):
        close_whole(child)
    for own in (getattr(widget, "layout", None), getattr(widget, "style", None), widget):
        if own is not None:
            own.close()
