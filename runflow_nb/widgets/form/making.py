"""Widgets of ipywidgets as a form needs many of them: little of each is saved, for notebooks have to stay small."""

from __future__ import annotations

from functools import cache
from typing import Any

import ipywidgets

from ...notebook.views.markup import inert

GONE = "rf-gone"
"""Of what is not to be seen now."""


NAMED = ("_model_name", "_model_module", "_model_module_version")
"""What a page has to know before it knows any defaults."""


class Slim:
    """Leaves out of a widget's state what the page takes for granted, as files with saved widgets may."""

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:
        full: dict[str, Any] = super().get_state(key, drop_defaults)  # type: ignore[misc]
        if key is not None:
            return full
        traits: Any = self.traits()  # type: ignore[attr-defined]
        return {name: value for name, value in full.items() if name in NAMED or value != traits[name].default_value}


@cache
def slim(kind: Any) -> Any:
    """This kind of widget, with little state."""
    return type(kind.__name__, (Slim, kind), {})


class Maker:
    """Makes the widgets of one form. Layout and styles are everybody's: they are never changed."""

    def __init__(self) -> None:
        self.layout = slim(ipywidgets.Layout)()
        self._styles: dict[Any, Any] = {}

    def make(self, kind: Any, classes: str = "", **traits: Any) -> Any:
        """A widget of this kind with these CSS classes."""
        style = kind.class_traits().get("style")
        if style is not None:
            if style.klass not in self._styles:
                self._styles[style.klass] = slim(style.klass)()
            traits["style"] = self._styles[style.klass]
        return slim(kind)(layout=self.layout, _dom_classes=tuple(classes.split()), **traits)


def see(widget: Any, seen: bool) -> None:
    """Show or hide a widget, which then takes no room and no focus."""
    (widget.remove_class if seen else widget.add_class)(GONE)


def put(widget: Any, html: str) -> None:
    """Set what an HTML widget says; nothing is sent where it says so already."""
    if widget.value != html:
        widget.value = html


def note(text: str, kind: str) -> str:
    """A line of this CSS class, said to a screen reader when it comes; "" for nothing."""
    return f'<div class="{kind}" role="status">{inert(text)}</div>' if text else ""
