"""Widgets whose script and sheet are sent to the page when it draws them, and are in no saved state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget


class Late(anywidget.AnyWidget):
    """Mixed into a widget; `late_esm` and `late_css` are what `_esm` and `_css` would be.

    The page asks {"ask": "script"}, and is told {"told": "script", "name", "script", "css"}.
    """

    _esm = (Path(__file__).parent / "late.js").read_text("utf-8")
    _css = ""
    late_esm = ""
    late_css = ""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._on_late)

    def _on_late(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and content.get("ask") == "script":
            name = f"rf-{type(self).__name__.lower()}"
            self.send({"told": "script", "name": name, "script": self.late_esm, "css": self.late_css})
