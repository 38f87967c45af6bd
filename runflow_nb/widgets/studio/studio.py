"""`Studio()`: a form whose button makes pictures, what of them stays in the notebook, and what is on its way."""

from __future__ import annotations

import asyncio
import threading
import unicodedata
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import ipywidgets
from IPython import get_ipython

from ... import calls
from ...callback import in_callback
from ...engine.job import Job
from ...engine.order import Order
from ...errors import InvalidRequest, Problem, RunflowError
from ...models.validate import brief
from ...notebook.background import out_of_cell
from ...notebook.showing.screen import lay_out
from ...notebook.views.bundles import Bundle
from ...notebook.views.live import INTERVAL
from ...record.history import History
from ...record.run import Run
from ..form.making import slim
from ..form.state import FormState, problems, request, tags, told
from ..form.view import Form
from ..live import close_whole
from ..sendable import sendable
from .board import Board
from .buttons import Buttons
from .cards import unexpected
from .menu import Menu
from .naming import default_name
from .offer import Offer
from .outputs import Outputs, view_of
from .presses import MOMENT
from .pricing import engine_for
from .recall import cell_of, state_of
from .sheet import asleep_bundle, caption_bundle, closed_bundle, moved_bundle, on_sheet, sheet_bundle, title
from .start import state_for
from .work import Work

DONE = "Done"
LONGEST_NAME = 100
"""Characters; it stands in every run and above every sheet."""
UNNAMED = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Kinds of characters that no name has: controls, line ends, and halves of surrogate pairs, which no store takes."""
LOOKED_AT = 500
"""Runs of one studio that are looked at, the newest: a sheet shows fewer."""
_shown: weakref.WeakValueDictionary[tuple[str | None, str], Studio] = weakref.WeakValueDictionary()
"""(notebook, name) -> the studio that was shown last."""


class Studio(ipywidgets.VBox):  # type: ignore[misc]
    """A form for a model. Its runs are journaled with its name, and shown again by the cell that shows it.

    Nothing is bought but on a button with its price on it, or by `generate()`.
    """

    def __init__(self, name: str | None = None, **fields: Any) -> None:
        """`name`: by which its runs are found again; its order among the studios of this notebook run where none is
        given. `fields`: those of the model, and `model`, `images`, `callback_url`, `metadata`, `tags`.

        Raises InvalidRequest for a field that the model does not have.
        """
        settings = calls.session().settings()
        calls.learn_model(str(fields.get("model") or ""), settings)
        state = state_for(settings.defaults, fields)
        self.name = _checked(name) or default_name(get_ipython())
        self._notebook = calls.notebook_of(settings)
        self._outputs = Outputs()
        self._left: Bundle | None = None
        """What stands in the form's place, once it is gone."""
        self._refreshing = threading.Lock()
        self._shown: tuple[str, ...] | None = None
        self._form = Form(state)
        self._work = Work(self._tell, self._ended)
        layout = slim(ipywidgets.Layout)()
        self._board = Board(layout=layout)
        buttons = Buttons(self._board)
        self._make = buttons.priced("make", "Make it", self._wanted, self._place, self._tell_problems)
        self._more = buttons.priced("more", "Make another", self._another, self._place)
        self._board.on_press("done", lambda *_: self.done(), DONE)
        self._menu = Menu(self._board, buttons, self._ordered, self._place, self._form.load)
        self._board.on_choose(self._choose, self._menu.pick)
        super().__init__([self._form.widget, self._board], layout=layout)
        self.add_class("rf")
        self._form.on_change(self._changed)
        self._changed()

    @classmethod
    def of(cls, run: Run, name: str | None = None) -> Studio:
        """A studio whose form asks for what this run was asked for."""
        studio = cls(name)
        studio._form.load(state_of(run))
        return studio

    @property
    def runs(self) -> list[Run]:
        """Those on the sheet, in the order of its numbers."""
        return on_sheet(self._all())

    def generate(self, *, yes: bool = False) -> Run:
        """Do what the button does, and wait: the run of what the form asks for, shown from the record or bought once.

        `yes` agrees to a price above `confirm_above`. Raises what `runflow_nb.generate` raises.
        """
        settings = calls.session().settings()
        (order,) = self._ordered([self._form.state])
        job = calls.session().place(replace(order, yes=yes, by_callback=in_callback()), settings)
        self._work.add(_words(order), job)
        try:
            return calls.wait_for(job, settings)
        finally:
            # Whatever becomes of the sheet: the run is paid for, and is what was asked for.
            with suppress(Exception):
                self._refresh()

    def to_cell(self, run: Run | None = None) -> None:
        """Put the cell that shows this run for nothing, its seed pinned, after the running cell; None is the newest.

        Raises RunflowError where there is no such run or no such cell.
        """
        runs = self.runs
        if run is None and not runs:
            raise RunflowError(f"{title(self.name)} has made nothing yet.")
        get_ipython().set_next_input(cell_of(max(runs, key=lambda each: each.id) if run is None else run))

    def done(self) -> None:
        """Put a card that needs no kernel in the form's place. Runs on their way go on."""
        self._leave(closed_bundle(self.name))

    def __repr__(self) -> str:
        return f"<Studio {self.name!r}>"

    def _repr_mimebundle_(self, **_: Any) -> Bundle:
        return self._in_place_of_form()

    def _in_place_of_form(self) -> Bundle:
        return self._left or {**asleep_bundle(self.name), **view_of(self)}

    def _ipython_display_(self, **_: Any) -> None:
        known = (self._notebook, self.name)
        former = _shown.get(known)
        if self._left is None:
            _shown[known] = self
        runs = self._all()
        self._shown = _key(runs)
        shown = self._laid_out(runs)
        self._board.shown()
        self._outputs.display(
            sheet_bundle(self.name, shown),
            caption_bundle(self.name, shown, len(runs) - len(shown)),
            self._in_place_of_form(),
        )
        if self._left is None:
            self._take_up(former if former is not self else None)

    def _take_up(self, former: Studio | None) -> None:
        """What is on its way already: by the studio of this name before, or cut off with its kernel."""
        followed = set()
        if former is not None:
            for prompt, job in former._work.open():
                self._work.add(prompt, job)
                followed.add(job.id)
            former._leave(moved_bundle(self.name))
        settings = calls.session().settings()
        engine = calls.session().engine(settings, self._notebook)
        mine = engine.store.relative(self._notebook)
        for run in engine.open_runs():
            wanted = run.studio == self.name and run.notebook == mine and run.id not in followed
            if wanted and engine.may_collect(run, settings):
                self._work.add(run.prompt or run.model, engine.collect(run, settings))

    def _leave(self, instead: Bundle) -> None:
        self._left = instead
        self._outputs.put_form(instead)
        close_whole(self)
        self.__dict__.pop("_ipython_display_", None)  # ipywidgets 7 lets what is closed show nothing any more

    def _changed(self, *_: Any) -> None:
        self._make.changed()
        self._more.changed()

    def _bought(self) -> None:
        """Prices have changed with what is on record."""
        self._changed()
        self._menu.changed()

    def _ordered(self, states: Sequence[FormState]) -> list[Order]:
        """The orders for these states. Raises InvalidRequest."""
        return [Order(request(state), tags=tags(state), notebook=self._notebook, studio=self.name) for state in states]

    def _wanted(self) -> list[Order]:
        return self._ordered([self._form.state])

    def _another(self) -> list[Order]:
        """The next take of what is held already, where no seed is asked; with one it would be the same picture."""
        try:
            (order,) = self._wanted()
        except InvalidRequest:
            return []  # the other button says why
        if order.request.seed is not None:
            return []
        take = engine_for(order, calls.session().settings()).next_take(order)
        return [] if take == 1 else [replace(order, take=take)]

    def _tell_problems(self, offer: Offer) -> None:
        """Beside their controls, those that the form cannot see by itself: of a picture, before it is read."""
        seen = problems(self._form.state)
        self._form.tell({field: text for field, text in told(offer.problems).items() if field not in seen})

    def _place(self, orders: Sequence[Order]) -> None:
        state = self._form.state
        jobs = []
        for order in orders:
            try:
                job = calls.session().place(order)
            except Exception as error:  # noqa: BLE001 - whatever stopped it has to be seen, and nobody else hears it
                self._work.refused(_words(order), error)
            else:
                self._work.add(_words(order), job)
                jobs.append(job)
        self._bought()
        if jobs:
            calls.session().loop.start(self._tell_seed(state, jobs[0]))

    async def _tell_seed(self, state: FormState, job: Job) -> None:
        """Tell the form which seed was sent, after a second click of the same hand would have come."""
        await asyncio.sleep(MOMENT)
        while not job.decided.is_set():  # noqa: ASYNC110 - threads are few, and those who decide need them
            await asyncio.sleep(INTERVAL)
        if job.run is not None and self._form.state is state:
            await out_of_cell(self._form.advance, job.run.seed)

    def _tell(self, cards: Any) -> None:
        self._board.show(cards)

    def _ended(self) -> None:
        try:
            self._refresh()
        except Exception as error:  # noqa: BLE001 - nobody sees what is raised here
            self._board.put("done", DONE, True, f"The pictures above are not up to date. {unexpected(error)}")
        else:
            self._board.put("done", DONE, True, "")
        self._bought()
        self._form.refresh_pictures()

    def _choose(self, run: str) -> None:
        if not run:
            self._menu.leave()
        found = next((one for one in self._work.runs() if one.id == run), None)
        if found is not None:
            self._menu.choose(found)

    def _all(self) -> list[Run]:
        """Its runs with pictures, oldest first, and those that it showed from elsewhere."""
        store = calls.session().store(calls.session().settings(), self._notebook)
        mine = History(store.index, notebook=store.relative(self._notebook)).where(studio=self.name)
        found = {run.id: run for run in [*mine[:LOOKED_AT], *self._work.runs()] if run.delivered}
        return [found[name] for name in sorted(found)]

    def _laid_out(self, runs: Sequence[Run]) -> list[Run]:
        """Those of them that are on the sheet, with the copies in place that it links to."""
        shown = on_sheet(runs)
        for run in shown:
            lay_out(run)
        return shown

    def _refresh(self) -> None:
        """Sheet and caption as the record now is."""
        with self._refreshing:
            runs = self._all()
            if _key(runs) == self._shown:
                return
            self._shown = _key(runs)
            shown = self._laid_out(runs)
            more = len(runs) - len(shown)
            self._outputs.put_pictures(sheet_bundle(self.name, shown), caption_bundle(self.name, shown, more))


def _checked(name: str | None) -> str:
    """The name, one line. Raises InvalidRequest."""
    if name is None:
        return ""
    text = name.strip() if isinstance(name, str) else ""
    if not text or len(text) > LONGEST_NAME or any(unicodedata.category(char) in UNNAMED for char in text):
        reason = f"names a studio: one line of text, of 1 to {LONGEST_NAME} characters"
        given = sendable(name) if isinstance(name, str) else name
        raise InvalidRequest([Problem("name", brief(given), reason)])
    return text


def _words(order: Order) -> str:
    """What stands for a request on its card."""
    return order.request.prompt or order.request.spec.id


def _key(runs: Sequence[Run]) -> tuple[str, ...]:
    return tuple(run.id for run in runs)
