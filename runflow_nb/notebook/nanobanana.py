"""`%nanobanana`, `%%nanobanana` and `%%runflow MODEL`: read, order, wait, show, save."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from functools import partial
from typing import Any

from .. import calls
from ..callback import in_callback
from ..engine.job import Job
from ..engine.order import Order
from ..errors import InvalidRequest, Problem
from ..models.catalog import SHORT_NAMES, known, known_models
from ..models.declared import MODEL_ID
from ..models.nearest import nearest
from ..models.validate import brief
from ..record.image import OriginalGone
from ..record.run import Run
from ..settings import Settings
from . import background
from .asked import Asked, ask
from .cell.options import hint
from .cell.prompt import TemplateFault, render
from .cell.rewriting import Magic, body_as_typed, can_number, is_closing_value, write_number
from .cell.typed import Typed, named_model, spelled, take_apart
from .references.pictures import Surroundings, given_pictures
from .saving import Saved, save, saved_words
from .showing.outputs import publish, say
from .showing.screen import Manner, Screen
from .showing.shown import hold_back, last_shown
from .views.estimates import quote_table
from .views.help import help_text
from .waiting import wait_on


def nanobanana(shell: Any, line: str, cell: str | None, local_ns: dict[str, Any] | None) -> Run | Job | None:
    """The run, shown; a Job with `--background`; None where nothing was asked to be made (`--help`, `--estimate`).

    Raises the errors of `runflow_nb.errors`, in the spelling of options.
    """
    mark = "%nanobanana" if cell is None else "%%nanobanana"
    if cell is not None:
        cell = body_as_typed(shell, mark, line, cell)
    return Cell(shell, Magic(mark, line, cell, line), _names(shell, local_ns)).run()


def any_model(shell: Any, line: str, cell: str | None, local_ns: dict[str, Any] | None) -> Run | Job | None:
    """`%%runflow MODEL [options]`: the same for a model by its full id. Raises what `nanobanana` raises."""
    mark = "%runflow" if cell is None else "%%runflow"
    if cell is not None:
        cell = body_as_typed(shell, mark, line, cell)
    model, _, options = line.strip().partition(" ")
    if not MODEL_ID.fullmatch(model):
        near = SHORT_NAMES.get(model) or nearest(model, known_models())
        reason = f"is no model: {mark} takes a full id" if model else f"needs a full id: {mark} MODEL"
        raise InvalidRequest([Problem("", brief(model), reason, near)], "option", "All models: %runflow models")
    return Cell(shell, Magic(mark, line, cell, options, model), _names(shell, local_ns)).run()


def _names(shell: Any, local_ns: dict[str, Any] | None) -> Mapping[str, Any]:
    """What templates and `--image` may name: the caller's own names, then the notebook's."""
    return ChainMap(local_ns or {}, shell.user_ns)


class Cell:
    """One running of a magic."""

    def __init__(self, shell: Any, magic: Magic, names: Mapping[str, Any]) -> None:
        self._shell = shell
        self._magic = magic
        self._names = names

    def run(self) -> Run | Job | None:
        """Do what is asked. Raises the errors of `runflow_nb.errors`."""
        settings = calls.session().settings()
        model = self._magic.model or self._named()
        calls.learn_model(model, settings)
        if self._typed(model).given("--help"):
            spec = known(model) if model is not None else None
            say(help_text(spec if spec is not None and spec.declared else None))
            return None
        try:
            asked = self._asked(settings, model)
        except InvalidRequest:
            # What is remembered of a model may be old.
            if not calls.learn_model(model, settings, anew=True):
                raise
            asked = self._asked(settings, model)
        typed = self._typed(model)
        order = _order(asked, settings)
        try:
            if asked.options.estimate:
                quote = calls.session().engine(settings, order.notebook).quote(order, settings)
                publish(quote_table(quote).bundle())
                return None
            return self._obtained(order, asked, settings)
        except InvalidRequest as invalid:
            raise InvalidRequest(spelled(invalid.problems, typed), "option", hint(model)) from None

    def _typed(self, model: str | None = None) -> Typed:
        return take_apart(self._magic.options, self._magic.cell, model or self._magic.model)

    def _named(self) -> str | None:
        """The model that the options name, its templates filled in; None where that fails, which is said later."""
        name = named_model(self._magic.options)
        try:
            return None if name is None else render(name, self._names).strip()
        except TemplateFault:
            return None

    def _asked(self, settings: Settings, model: str | None) -> Asked:
        around = Surroundings(self._names, last_shown(self._shell), calls.current_store, calls.notebook_of(settings))
        find_pictures = partial(given_pictures, around=around)
        return ask(self._typed(model), self._names, self._magic.model, settings.defaults, find_pictures)

    def _obtained(self, order: Order, asked: Asked, settings: Settings) -> Run | Job:
        options, rewrites = asked.options, order.take == "new"
        if rewrites and not can_number(self._shell, self._magic):
            calls.refuse_new(order, settings)
        job = calls.session().place(order, settings)
        screen = Screen(self._shell, Manner(options.quiet, options.show))
        number = self._number if rewrites else None
        found: Run | Job
        if options.background:
            try:
                background.begin(self._shell, job, screen, settings, partial(_keep, asked), number)
            except OriginalGone as gone:
                _say_gone(gone)
            hold_back(self._shell, job)
            found = job
        else:
            found = wait_on(job, settings, screen, number)
        if options.out is not None:
            self._shell.push({options.out: found})
        if isinstance(found, Run):
            self._saved(asked, found)
            if options.quiet and is_closing_value(self._shell, self._magic):
                hold_back(self._shell, found)
        return found

    def _saved(self, asked: Asked, run: Run) -> None:
        try:
            saved = _keep(asked, run)
        except OriginalGone as gone:
            _say_gone(gone)
        else:
            if saved and not asked.options.quiet:
                say(saved_words(saved))

    def _number(self, job: Job) -> None:
        # As soon as the number is known: whatever becomes of the wait, running the cell again buys nothing.
        if job.run is not None:
            write_number(self._shell, self._magic, job.run.take)


def _keep(asked: Asked, run: Run) -> list[Saved]:
    """Copy the originals to where they are wanted; the copies. Raises NotSaved, OriginalGone."""
    return save(run, asked.destination) if asked.destination is not None else []


def _say_gone(gone: OriginalGone) -> None:
    # No error: who only has the previews still runs all cells.
    say(f"Not saved: {gone}")


def _order(asked: Asked, settings: Settings) -> Order:
    options = asked.options
    return Order(
        asked.request,
        take=options.take,
        tags=options.tags,
        max_cost=options.max_cost,
        yes=options.yes,
        notebook=calls.notebook_of(settings),
        prompt_template=asked.prompt_template,
        by_callback=in_callback(),
    )
