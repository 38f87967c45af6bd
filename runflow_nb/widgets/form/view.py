"""The form on the page: ipywidgets over a `FormState`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import ipywidgets

from ...models.catalog import CATALOG
from .controls import IMAGES, SEED, Control, controls
from .fields import SEED_NUMBER, FieldView, field_class, field_view
from .hands import Hands, Incoming
from .making import Maker, note, put, see
from .offered import Sources, of_notebook, sendable
from .pictures_view import HELP, PicturesView
from .state import MODEL, FormState, SeedChoice, after_run, changed, doubts, problems, with_images, with_model

MODELS = tuple(CATALOG)
EMPTY = frozenset({"prompt", IMAGES})
"""What is still to be filled in: nobody is told that it is missing before having been there."""
SEED_HELP = "A whole number. Next counts on after each run."


class Form:
    """A form, and what it says. Any thread may call; callbacks are called in the thread of who changed it."""

    def __init__(self, state: FormState, sources: Sources | None = None) -> None:
        """`sources`: where pictures come from; None for the notebook that is calling."""
        self._lock = threading.RLock()
        self._state = state
        self._told: dict[str, str] = {}
        self._seen: set[str] = set()
        self._callbacks: list[Callable[[FormState], None]] = []
        self._showing = False
        self._maker = Maker()
        self._fields: dict[Control, FieldView] = {}
        make = self._maker.make
        self._model = make(
            ipywidgets.Dropdown,
            field_class(MODEL),
            description="Model",
            options=[CATALOG[model].name for model in MODELS],
        )
        self._model.observe(self._on_model, "index")
        self._hands = Hands(
            Incoming(lambda *file: self._pictures.add_file(*file), lambda *file: self._pictures.too_large(*file)),
            lambda url: self._pictures.add_named(url),
            lambda name: self._pictures.add_offered(name),
            layout=self._maker.layout,
        )
        self._pictures = PicturesView(
            self._maker, self._said, sources or of_notebook(), self._hands, self._refresh_words, self._lock
        )
        self._open = make(ipywidgets.Box, "rf-fields")
        self._fold_button = make(
            ipywidgets.ToggleButton, "rf-button rf-fold-button", description="Less used settings", value=False
        )
        self._fold_button.observe(self._on_fold, "value")
        self._folded = make(ipywidgets.Box, "rf-fields rf-gone")
        self._whole = make(ipywidgets.HTML, "rf-words")
        children = (self._open, self._fold_button, self._folded, self._whole)
        self.widget = make(ipywidgets.VBox, "rf rf-form rf-column", children=children)
        """The form, to be put wherever it is wanted."""
        self._remark = ""
        self._sent: int | None = None
        self._refresh()

    @property
    def state(self) -> FormState:
        return self._state

    @property
    def problems(self) -> Mapping[str, str]:
        """Field -> what is wrong with it; empty where it can be asked for."""
        with self._lock:
            return {**problems(self._state), **self._told}

    def on_change(self, callback: Callable[[FormState], None]) -> None:
        """Call this with the state whenever a person changes it, or another is loaded."""
        self._callbacks.append(callback)

    def load(self, state: FormState) -> None:
        """Fill the form in anew."""

        def loaded(_: FormState) -> FormState:
            self._told.clear()
            self._seen.clear()
            self._remark = ""
            return state

        self._change(loaded)

    def tell(self, found: Mapping[str, str]) -> None:
        """Say what else is wrong, beside the controls, until each is changed: field -> text."""
        with self._lock:
            self._told = {field: text for field, text in found.items() if text}
            self._refresh_words()

    def advance(self, sent: int | None = None) -> None:
        """A run was begun with this seed: `next` counts on, and `fixed` would begin with it."""
        self._sent = sent
        if self._state.seed.kind == "next":
            self._change(lambda state: after_run(state, sent))

    def refresh_pictures(self) -> None:
        """Offer the notebook's pictures as they are now. Blocks."""
        self._pictures.refresh()

    def _said(self, field: str, value: Any) -> None:
        """A person said this for a field."""

        def said(state: FormState) -> FormState:
            self._seen.add(field)
            self._told.pop(field, None)
            if field == IMAGES:
                return self._with_images(state, value)
            if field == SEED:
                known = value.kind == "fixed" and value.number == "" and self._sent is not None
                return replace(state, seed=SeedChoice("fixed", self._sent or 0) if known else value)
            return changed(state, field, value)

        self._change(said)

    def _with_images(self, state: FormState, images: Sequence[Any]) -> FormState:
        found = with_images(state, images)
        if found.model != state.model:
            self._told.pop(MODEL, None)
            self._remark = f"{found.spec.name} was chosen: it takes pictures."
        return found

    def _on_model(self, change: Any) -> None:
        def switched(state: FormState) -> FormState:
            self._told.clear()
            found, dropped = with_model(state, MODELS[change["new"]])
            self._remark = f"Left out: {'; '.join(dropped)}." if dropped else ""
            return found

        with self._lock:
            if self._showing or change["new"] is None:
                return
        self._change(switched)

    def _on_fold(self, change: Any) -> None:
        with self._lock:
            self._refresh()
            see(self._folded, bool(change["new"]))

    def _change(self, change: Callable[[FormState], FormState]) -> None:
        with self._lock:
            state = self._state = change(self._state)
            self._refresh()
        for callback in tuple(self._callbacks):
            callback(state)

    def _refresh(self) -> None:
        """Show the state."""
        state = self._state
        self._showing = True
        try:
            self._model.index = MODELS.index(state.model)
        finally:
            self._showing = False
        self._pictures.show(state.images)
        found = [self._field(control) for control in self._shown()]
        for view in found:
            view.show(state.seed if view.control.field == SEED else state.value(view.control.field))
        first, *others = ([*view.widgets] for view in found if not view.control.folded)
        _put_children(self._open, (self._model, *first, self._pictures.box, *chain.from_iterable(others)))
        _put_children(self._folded, chain.from_iterable(view.widgets for view in found if view.control.folded))
        self._refresh_words()

    def _field(self, control: Control) -> FieldView:
        if control not in self._fields:
            self._fields[control] = field_view(control, self._maker, self._said, self._lock)
        return self._fields[control]

    def _refresh_words(self) -> None:
        """Say what is wrong, each beside its control."""
        with self._lock:
            found = {
                field: text
                for field, text in problems(self._state).items()
                if field not in EMPTY or field in self._seen or self._state.value(field)
            } | self._told
            words = {control.field: [control.help, found.pop(control.field, "")] for control in self._shown()}
            words[MODEL] = [self._state.spec.description, found.pop(MODEL, ""), self._remark]
            words[IMAGES] = [HELP, " ".join(filter(None, [self._pictures.refused, found.pop(IMAGES, "")]))]
            words[SEED_NUMBER] = [SEED_HELP, words[SEED][1]]
            words[SEED][1] = ""
            self._hands.words = {field: list(map(sendable, texts)) for field, texts in words.items()}
            rest = " ".join(f"{field}: {text}" for field, text in found.items())
            put(self._whole, note(rest, "rf-problem") + note(" ".join(doubts(self._state)), "rf-note"))

    def _shown(self) -> list[Control]:
        """The controls on the page, but pictures, which every model's form has."""
        unfolded = self._fold_button.value
        return [one for one in controls(self._state.spec) if one.kind != "pictures" and (unfolded or not one.folded)]


def _put_children(box: Any, children: Iterable[Any]) -> None:
    wanted = tuple(children)
    if tuple(box.children) != wanted:
        box.children = wanted
