"""The three outputs of a studio: sheet, caption and form. They are shown once and then only updated."""

from __future__ import annotations

from typing import Any

from IPython import get_ipython
from IPython.display import DisplayHandle

from ...notebook.interactive import capturing
from ...notebook.showing.outputs import append, publish
from ...notebook.views.bundles import Bundle
from ..live import WIDGET
from .sheet import said

FIXED = "In an Output widget the above stays as it is. Show the studio in a cell, and its pictures are kept there."


class Outputs:
    """Shown in one cell, or in several, which are then all updated."""

    def __init__(self) -> None:
        new: Any = DisplayHandle
        self._sheet, self._caption, self._form = new(), new(), new()
        self.open = False
        """Whether they were shown."""
        self._box: Any | None = None
        """The Output widget that they are in, where no update arrives."""

    def display(self, sheet: tuple[Bundle, Bundle], caption: Bundle, form: Bundle) -> None:
        """Show all three in the running cell."""
        data, metadata = sheet
        self._box = capturing(get_ipython())
        self._sheet.display(data, metadata=metadata, raw=True)
        self._caption.display(caption, raw=True)
        if self._box is not None:
            publish(said(FIXED))
        self._form.display(form, raw=True)
        self.open = True

    def put_pictures(self, sheet: tuple[Bundle, Bundle], caption: Bundle) -> None:
        """Sheet and caption as they are now. Any thread."""
        data, metadata = sheet
        if self.open:
            self._sheet.update(data, metadata=metadata, raw=True)
            self._caption.update(caption, raw=True)

    def put_form(self, form: Bundle) -> None:
        """This in the form's place. Any thread."""
        if self._box is not None:
            append(self._box, form)
        elif self.open:
            self._form.update(form, raw=True)


def view_of(widget: Any) -> Bundle:
    """A widget as an output that can be replaced: `display(widget)` of ipywidgets 7 cannot."""
    return {WIDGET: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}}
