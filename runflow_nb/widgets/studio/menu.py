"""What can be made from one picture: buttons with their prices. Each buys only when it is pressed."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from functools import partial

from ... import calls
from ...engine.claim import SEED_BITS
from ...engine.order import Order
from ...notebook.background import out_of_cell
from ...plain import shortened, visible
from ...record.run import Run
from ..form.state import FormState
from .board import Board
from .buttons import Buttons
from .cards import unexpected
from .presses import Pressed
from .recall import cell_of, state_of
from .till import Place
from .variations import NEW_SEEDS, Variation, changes, edit_of, steps, with_seeds

PROMPT_LENGTH = 60
CHANGES, STEPS = "changes", "steps"
FREE = {"edit": "Edit this picture", "open": "Open in the form", "cell": "To cell"}
"""Buttons that buy nothing."""
Ordered = Callable[[Sequence[FormState]], Sequence[Order]]


class Menu:
    """The buttons for one run at a time."""

    def __init__(
        self, board: Board, buttons: Buttons, ordered: Ordered, place: Place, load: Callable[[FormState], None]
    ) -> None:
        """`ordered`: the orders for states of the form. `place`: buys them. `load`: puts a state into the form."""
        self._board = board
        self._ordered = ordered
        self._place = place
        self._load = load
        self._choosing = threading.Lock()
        self._asked: Run | None = None
        """The run that was chosen last: the one before it may be read for longer."""
        self._run: Run | None = None
        self._state: FormState | None = None
        self._seeds: tuple[int, ...] = ()
        self._lists: dict[str, Sequence[Variation]] = {CHANGES: (), STEPS: ()}
        self._picked = {CHANGES: 0, STEPS: 0}
        self._tills = {
            "seeds": buttons.priced("seeds", f"{NEW_SEEDS} new seeds", self._new_seeds, self._place_new),
            CHANGES: buttons.priced(CHANGES, "Make it", lambda: self._ordered(self._chosen_of(CHANGES)), place),
            STEPS: buttons.priced(STEPS, "Make all", lambda: self._ordered(self._chosen_of(STEPS)), place),
        }
        for name, act in {"edit": self._edit, "open": self._open, "cell": self._cell}.items():
            board.on_press(name, partial(self._begin, name, act), FREE[name])

    def choose(self, run: Run) -> None:
        """From now on the buttons are for this run. Any thread; pictures that went in are looked for elsewhere."""
        self._asked = run
        calls.session().loop.start(out_of_cell(self._chosen, run))

    def leave(self) -> None:
        """The buttons are for no run."""
        self._asked = None
        with self._choosing:
            self._run = self._state = None
            self._board.put_menu(run="", cell="")

    def pick(self, name: str, number: int) -> None:
        """Another entry of one of the lists is chosen."""
        if 0 <= number < len(self._lists.get(name, ())):
            self._picked[name] = number
            self._tell_picked()
            self._tills[name].changed()

    def changed(self) -> None:
        """What is on record has changed, and prices with it."""
        if self._run is not None:
            for till in self._tills.values():
                till.changed()

    def _chosen(self, run: Run) -> None:
        title = f"From: {shortened(run.prompt or run.model, PROMPT_LENGTH)}"
        state: FormState | None = None
        try:
            state = state_of(run)
        except Exception as error:  # noqa: BLE001 - nobody sees what is raised here, but a person waits for the menu
            title = str(unexpected(error)).partition("\n")[0]
        with self._choosing:
            if run is self._asked:
                self._show(run, state, title)

    def _show(self, run: Run, state: FormState | None, title: str) -> None:
        self._run, self._state = run, state
        self._draw()
        self._board.put("edit", FREE["edit"] if run.images else "", True, "")
        self._lists = {
            CHANGES: () if state is None else changes(state, run.seed),
            STEPS: () if state is None else steps(state, run.seed),
        }
        self._picked = {CHANGES: 0, STEPS: 0}
        self._board.put_menu(
            run=run.id,
            title=visible(title),
            cell="",
            **{name: [visible(each.label) for each in offered] for name, offered in self._lists.items()},
        )
        self._tell_picked()
        self.changed()

    def _tell_picked(self) -> None:
        self._board.put_menu(picked=dict(self._picked))

    def _chosen_of(self, name: str) -> Sequence[FormState]:
        offered, number = self._lists[name], self._picked[name]
        return offered[number].states if number < len(offered) else ()

    def _draw(self) -> None:
        """Seeds that the button stands for: as long as they are not placed, it asks for the same."""
        self._seeds = tuple(secrets.randbelow(2**SEED_BITS) for _ in range(NEW_SEEDS))

    def _new_seeds(self) -> Sequence[Order]:
        return () if self._state is None else self._ordered(with_seeds(self._state, self._seeds))

    def _place_new(self, orders: Sequence[Order]) -> None:
        self._place(orders)
        self._draw()

    def _begin(self, name: str, act: Callable[[Run], None], _: Pressed) -> None:
        """Do what this button does for the run, beside the kernel's own queue."""
        if self._run is not None:
            calls.session().loop.start(out_of_cell(self._do, name, act, self._run))

    def _do(self, name: str, act: Callable[[Run], None], run: Run) -> None:
        reason = ""
        try:
            act(run)
        except Exception as error:  # noqa: BLE001 - nobody sees what is raised here, but a person waits for it
            reason = str(unexpected(error))
        self._board.put(name, FREE[name], True, reason)

    def _edit(self, run: Run) -> None:
        self._load(edit_of(run, run.model))

    def _open(self, _: Run) -> None:
        if self._state is not None:
            self._load(self._state)

    def _cell(self, run: Run) -> None:
        self._board.put_menu(cell="")
        self._board.put_menu(cell=cell_of(run))
