"""The form on the page: ipywidgets over a `FormState`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import ipywidgets

from ... import calls
from ...models.spec import ModelSpec
from ...notebook.background import out_of_cell
from ...plain import shortened
from ..sendable import sendable
from .controls import HELP_LENGTH, IMAGES, MODEL, PROMPT, SEED, Control, controls
from .fields import SEED_NUMBER, FieldView, field_class, field_view
from .hands import Hands, Incoming
from .making import Maker, note, put, see
from .models import Models, asking_failed, model_name, told
from .models import of_notebook as models_of_notebook
from .offered import Sources, of_notebook
from .pictures_view import PicturesView, help_for
from .state import FormState, SeedChoice, after_run, changed, doubts, problems, with_images, with_model

NAME_LENGTH = 60
"""Characters of the name that a model's maker gave it."""
ASKING = "Asking the API for its list …"
SEED_HELP = "A whole number. Next counts on after each run."


class Form:
    """A form, and what it says. Any thread may call; callbacks are called in the thread of who changed it."""

    def __init__(self, state: FormState, sources: Sources | None = None, models: Models | None = None) -> None:
        """`sources`: where pictures come from, `models`: and models; None for the notebook that is calling."""
        self._lock = threading.RLock()
        self._state = state
        self._told: dict[str, str] = {}
        self._seen: set[str] = set()
        self._callbacks: list[Callable[[FormState], None]] = []
        self._showing = False
        self._maker = Maker()
        self._fields: dict[Control, FieldView] = {}
        self._source = models or models_of_notebook()
        self._offered: tuple[str, ...] = ()
        self._asking = False
        make = self._maker.make
        self._model = make(ipywidgets.Dropdown, field_class(MODEL), description="Model")
        self._offer_models()
        self._model.observe(self._on_model, "index")
        self._others = make(
            ipywidgets.Button,
            "rf-button rf-more-models",
            description="More models",
            tooltip="Ask the API which other models there are",
        )
        self._others.on_click(lambda _: self._ask_models())
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
        self._remark, self._unlisted = "", ""
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

    def _offer_models(self) -> None:
        """Offer the models as they are known now."""
        offered = self._source.offered(self._state.model)
        if offered != self._offered:
            showing, self._showing = self._showing, True
            try:
                self._offered = offered
                self._model.options = [model_name(model) for model in offered]
                self._model.index = offered.index(self._state.model)
            finally:
                self._showing = showing

    def _ask_models(self) -> None:
        """Fetch the API's list, beside the kernel's own queue."""
        with self._lock:
            if self._asking:
                return
            self._asking = True
            self._remark, self._unlisted = ASKING, ""
            self._refresh_words()
        calls.session().loop.start(out_of_cell(self._asked_models))

    def _asked_models(self) -> None:
        remark = wrong = ""
        try:
            remark = told(self._source.listed())
        except Exception as error:  # noqa: BLE001 - nobody sees what is raised here, but a person waits for the list
            wrong = asking_failed(error)
        with self._lock:
            self._asking = False
            self._remark, self._unlisted = remark, wrong
            self._offer_models()
            self._refresh_words()

    def _on_model(self, change: Any) -> None:
        def switched(state: FormState) -> FormState:
            self._told.clear()
            self._unlisted = ""
            model = self._offered[change["new"]]
            self._source.recall(model)
            found, dropped = with_model(state, model)
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
        if state.model not in self._offered:
            self._offer_models()
        self._showing = True
        try:
            self._model.index = self._offered.index(state.model)
        finally:
            self._showing = False
        self._pictures.show(state.images, state.spec)
        found = [self._field(control) for control in self._shown()]
        for view in found:
            view.show(state.seed if view.control.field == SEED else state.value(view.control.field))
        prompts = [view for view in found if view.control.field == PROMPT]
        others = [view for view in found if view.control.field != PROMPT and not view.control.folded]
        first, rest = (list(chain.from_iterable(view.widgets for view in views)) for views in (prompts, others))
        _put_children(self._open, (self._model, self._others, *first, self._pictures.box, *rest))
        _put_children(self._folded, chain.from_iterable(view.widgets for view in found if view.control.folded))
        self._refresh_words()

    def _field(self, control: Control) -> FieldView:
        if control not in self._fields:
            self._fields[control] = field_view(control, self._maker, self._said, self._lock)
        return self._fields[control]

    def _refresh_words(self) -> None:
        """Say what is wrong, each beside its control."""
        with self._lock:
            spec = self._state.spec
            # What is still to be filled in: nobody is told that it is missing before having been there.
            needed = {IMAGES, *(field.name for field in spec.fields if field.required)}
            found = {
                field: text
                for field, text in problems(self._state).items()
                if field not in needed or field in self._seen or self._state.value(field)
            } | self._told
            words = {control.field: [control.help, found.pop(control.field, "")] for control in self._shown()}
            wrong = [self._unlisted, found.pop(MODEL, "")]
            words[MODEL] = [_described(spec), " ".join(filter(None, wrong)), self._remark]
            words[IMAGES] = [help_for(spec), " ".join(filter(None, [self._pictures.refused, found.pop(IMAGES, "")]))]
            if SEED in words:
                words[SEED_NUMBER] = [SEED_HELP, words[SEED][1]]
                words[SEED][1] = ""
            self._hands.words = {field: list(map(sendable, texts)) for field, texts in words.items()}
            rest = " ".join(f"{field}: {text}" for field, text in found.items())
            put(self._whole, note(rest, "rf-problem") + note(" ".join(doubts(self._state)), "rf-note"))

    def _shown(self) -> list[Control]:
        """The controls on the page, but pictures, which every model's form has."""
        unfolded = self._fold_button.value
        found = controls(self._state.spec, self._state.values)
        return [one for one in found if one.kind != "pictures" and (unfolded or not one.folded)]


def _described(spec: ModelSpec) -> str:
    """What a model is; of one that no page describes, its name too, for it is offered by its id."""
    if not spec.declared:
        return spec.description
    named = "" if spec.name == spec.id else f"{shortened(spec.name, NAME_LENGTH)}: "
    words = spec.description if spec.typed else "What it takes is not known: the API judges."
    return named + shortened(words, HELP_LENGTH)


def _put_children(box: Any, children: Iterable[Any]) -> None:
    wanted = tuple(children)
    if tuple(box.children) != wanted:
        box.children = wanted
