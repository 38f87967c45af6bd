"""One control on the page: shows what is said for its field, and tells what a person says there."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Literal

import ipywidgets

from ...models.spec import Value
from .controls import Choice, Control
from .making import Maker, see
from .state import SeedChoice

Say = Callable[[str, Any], None]
"""Told a field and what is said for it now."""


SEED_KINDS: tuple[Literal["random", "fixed", "next"], ...] = ("random", "fixed", "next")
SEED_NUMBER = "seed-number"
"""The control where the seed is typed, and no name of any field: what is wrong with the seed is said there."""
CHOOSERS = {"scale": ipywidgets.SelectionSlider, "menu": ipywidgets.Dropdown}


def field_class(name: str) -> str:
    """The CSS classes by which `hands` finds the control of a field."""
    return f"rf-field rf-f-{name}"


def classes_of(control: Control) -> str:
    return f"{field_class(control.field)} rf-k-{control.kind}"


class FieldView(ABC):
    """A control. What it is for and what is wrong with it is put below it by `hands`. Any thread."""

    def __init__(self, control: Control, maker: Maker, say: Say, lock: threading.RLock) -> None:
        self.control = control
        self._say, self._lock = say, lock
        self._showing = False
        self.widgets = self._made(maker)

    @abstractmethod
    def _made(self, maker: Maker) -> tuple[Any, ...]:
        """The widgets of this kind."""

    @abstractmethod
    def _show(self, value: Any) -> None:
        """Set the widgets to this value."""

    def show(self, value: Any) -> None:
        """What is said for the field; None for nothing."""
        with self._lock:
            self._showing = True
            try:
                self._show(value)
            finally:
                self._showing = False

    def _on(self, widget: Any, trait: str, read: Callable[[], Any]) -> None:
        """Tell `read()` when a person changes this trait."""

        def handle(_: Any) -> None:
            with self._lock:
                if self._showing:
                    return
                value = read()
            self._say(self.control.field, value)

        widget.observe(handle, trait)


class TextField(FieldView):
    """A line or several."""

    def _made(self, maker: Maker) -> tuple[Any, ...]:
        several = self.control.kind == "text"
        self._text = maker.make(
            ipywidgets.Textarea if several else ipywidgets.Text,
            classes_of(self.control),
            description=self.control.label,
            continuous_update=True,
        )
        self._on(self._text, "value", lambda: self._text.value)
        return (self._text,)

    def _show(self, value: Value | None) -> None:
        text = "" if value is None else str(value)
        if self._text.value != text:
            self._text.value = text


class ChoiceField(FieldView):
    """One of several: buttons, frames, the stops of a slider, or the entries of a menu."""

    def _made(self, maker: Maker) -> tuple[Any, ...]:
        self._choices: tuple[Choice, ...] = self.control.choices
        self._chosen = maker.make(
            CHOOSERS.get(self.control.kind, ipywidgets.RadioButtons),
            classes_of(self.control),
            description=self.control.label,
            options=[choice.text for choice in self._choices],
        )
        self._on(self._chosen, "index", self._read)
        return (self._chosen,)

    def _read(self) -> Value | None:
        return self._choices[self._chosen.index or 0].value

    def _show(self, value: Value | None) -> None:
        offered = self.control.offered(value)
        if offered != self._choices:
            self._choices = offered
            self._chosen.options = [choice.text for choice in offered]
        index = offered.index(self.control.choice(value))
        if self._chosen.index != index:
            self._chosen.index = index


class SwitchField(FieldView):
    """On or off."""

    def _made(self, maker: Maker) -> tuple[Any, ...]:
        self._box = maker.make(
            ipywidgets.Checkbox, classes_of(self.control), description=self.control.label, indent=False
        )
        self._on(self._box, "value", self._read)
        return (self._box,)

    def _read(self) -> Value | None:
        on = bool(self._box.value)
        return None if on == bool(self.control.unsaid) else on

    def _show(self, value: Value | None) -> None:
        self._box.value = (self.control.unsaid if value is None else value) is True


class SeedField(FieldView):
    """How the seed is chosen, and which."""

    def _made(self, maker: Maker) -> tuple[Any, ...]:
        self._kind = maker.make(
            ipywidgets.RadioButtons, classes_of(self.control), description=self.control.label, options=SEED_KINDS
        )
        self._number = maker.make(
            ipywidgets.Text, field_class(SEED_NUMBER), description="Seed number", continuous_update=True
        )
        self._on(self._kind, "index", self._read)
        self._on(self._number, "value", self._read)
        return (self._kind, self._number)

    def _read(self) -> SeedChoice:
        return SeedChoice(SEED_KINDS[self._kind.index or 0], self._number.value)

    def _show(self, value: SeedChoice) -> None:
        self._kind.index = SEED_KINDS.index(value.kind)
        if self._number.value != str(value.number):
            self._number.value = str(value.number)
        see(self._number, value.kind != "random")


KINDS: dict[str, type[FieldView]] = {
    "text": TextField,
    "line": TextField,
    "ratio": ChoiceField,
    "choice": ChoiceField,
    "menu": ChoiceField,
    "scale": ChoiceField,
    "switch": SwitchField,
    "seed": SeedField,
}
"""Kind of a control -> how it is shown; pictures are shown by pictures_view."""


def field_view(control: Control, maker: Maker, say: Say, lock: threading.RLock) -> FieldView:
    """The view of this control."""
    return KINDS[control.kind](control, maker, say, lock)
