"""The pictures that go in: a list with its order, and the ways to add one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from ...engine.pictures.files import check_size
from ...models.spec import ModelSpec
from ...models.validate import brief
from ...plain import shortened
from ...record.formats import NotAPicture
from .controls import HELP_LENGTH, IMAGES
from .fields import Say, field_class
from .making import Maker, see
from .offered import Sources, dropped, offered_of, picture_name, source_of

HELP = "Sent in this order. With a picture, a model that draws from text alone gives way to its editing variant."


def label_for(spec: ModelSpec) -> str:
    """What the pictures are called."""
    field = spec.image_field
    if not spec.declared or field is None:
        return "Pictures to edit"
    return ("Picture" if field.type == "image" else "Pictures") + (" (required)" if field.required else "")


def help_for(spec: ModelSpec) -> str:
    """What is said of the pictures."""
    field = spec.image_field
    if not spec.declared or field is None:
        return HELP
    words = shortened(field.description, HELP_LENGTH)
    return " ".join(filter(None, [words, "" if field.type == "image" else "Sent in this order."]))


class PicturesView:
    """Shows the pictures of a form, and tells when they change. Any thread."""

    def __init__(
        self, maker: Maker, say: Say, sources: Sources, hands: Any, refused: Callable[[], None], lock: threading.RLock
    ) -> None:
        """`hands`: where files are dropped; `refused`: called when something could not be added."""
        self._on_refused = refused
        self._say, self._sources, self._lock = say, sources, lock
        self._pictures: tuple[Any, ...] = ()
        self._known: dict[str, Any] = {}
        """Hash -> picture that may be added."""
        self._hands = hands
        self.refused = ""
        """Why the last thing that was to be added was not."""

        def button(label: str, tooltip: str, act: Callable[[], None]) -> Any:
            made = maker.make(ipywidgets.Button, "rf-button", description=label, tooltip=tooltip)
            made.on_click(lambda _: act())
            return made

        self._list = maker.make(ipywidgets.Select, "rf-wide", options=(), rows=3)
        self._order = (
            button("Up", "Move the chosen picture up", lambda: self._move(-1)),
            button("Down", "Move the chosen picture down", lambda: self._move(1)),
            button("Remove", "Take the chosen picture out", self._remove),
        )
        self._name = maker.make(
            ipywidgets.Text,
            "rf-grow",
            description="Add by variable, path, URL or run",
            placeholder="fox, photo.jpg, https://…",
        )
        self._name.on_msg(self._on_enter)
        children = (
            self._list,
            *self._order,
            hands,
            self._name,
            button("Add", "Add the picture that is named", self._add_typed),
        )
        self.box = maker.make(ipywidgets.Box, f"{field_class(IMAGES)} rf-k-pictures rf-row", children=children)
        self.refresh()

    def show(self, pictures: Sequence[Any], spec: ModelSpec) -> None:
        """These are the pictures now; the one that was chosen stays so. `spec`: of the model that they are for."""
        with self._lock:
            self._list.description = self._hands.label = label_for(spec)
            self._hands.several = spec.image_field is None or spec.image_field.type != "image"
            # Out of sight, the place where files are dropped goes on tying words to the controls.
            see(self.box, bool(pictures) or spec.image_field is not None or spec.sibling is not None)
            chosen = self._list.index
            self._pictures = tuple(pictures)
            options = [f"{number}. {picture_name(one)}" for number, one in enumerate(self._pictures)]
            if list(self._list.options) != options:
                self._list.options = options
                self._list.index = min(chosen or 0, len(options) - 1) if options else None
                self._show_chosen()
            for widget in (self._list, *self._order):
                see(widget, bool(options))

    def refresh(self) -> None:
        """Offer the notebook's pictures as they are now. Blocks."""
        offered = offered_of(self._sources.recent())
        self._hands.offer(one.source for one in offered)
        with self._lock:
            self._known = {one.source.hash: one.picture for one in offered}
            self._hands.shelf = [[one.source.hash, one.label] for one in offered]

    def add_file(self, name: str, data: bytes) -> None:
        """A file that was dropped or chosen."""
        try:
            self._add([dropped(name, data)])
        except NotAPicture as reason:
            self._refuse(f"{brief(name)} {reason}.")

    def add_named(self, text: str) -> None:
        """What a person named, or an address that was dropped."""
        try:
            self._add(self._sources.named(text))
        except NotAPicture as reason:
            self._refuse(f"{brief(text)} {reason}.")
        except LookupError as reason:
            near = getattr(reason, "nearest", None)
            self._refuse(f"{brief(text)} {reason}.{f' Did you mean {near}?' if near else ''}")

    def _show_chosen(self) -> None:
        sources = [source_of(one) for one in self._pictures]
        self._hands.offer(filter(None, sources))
        names = map(picture_name, self._pictures)
        self._hands.chosen = [[one.hash if one else "", name] for one, name in zip(sources, names, strict=True)]

    def _add_typed(self) -> None:
        if self._name.value.strip():
            self.add_named(self._name.value)
            if not self.refused:
                self._name.value = ""

    def _on_enter(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and content.get("event") == "submit":
            self._add_typed()

    def add_offered(self, name: str) -> None:
        """The picture of the shelf that has this hash."""
        with self._lock:
            chosen = self._known.get(name)
        self._add([] if chosen is None else [chosen])

    def _add(self, pictures: Sequence[Any]) -> None:
        if pictures:
            self._tell_of((*self._pictures, *pictures))

    def _move(self, by: int) -> None:
        with self._lock:
            here, pictures = self._list.index, list(self._pictures)
            if here is None or not 0 <= here + by < len(pictures):
                return
            pictures[here], pictures[here + by] = pictures[here + by], pictures[here]
        self._tell_of(pictures)
        self._list.index = here + by

    def _remove(self) -> None:
        with self._lock:
            here, pictures = self._list.index, list(self._pictures)
        if here is not None:
            del pictures[here]
            self._tell_of(pictures)

    def _tell_of(self, pictures: Sequence[Any]) -> None:
        self.refused = ""
        self._say(IMAGES, tuple(pictures))

    def too_large(self, name: str, size: int) -> None:
        """A file of so many bytes that it was not even sent here."""
        try:
            check_size(size)
        except NotAPicture as reason:
            self._refuse(f"{brief(name)} {reason}.")

    def _refuse(self, reason: str) -> None:
        self.refused = reason
        self._on_refused()
