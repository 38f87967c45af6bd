"""What can be made from one picture: buttons with their prices. Each buys only when it is pressed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from ... import calls
from ...engine.claim import SEED_BITS
from ...engine.order import Order
from ...errors import RunflowError
from ...notebook.background import out_of_cell
from ...plain import shortened, visible
from ...record.run import Run
from ..form.state import FormState
from .board import Board
from .buttons import Buttons
from .recall import cell_of, state_of
from .till import Place
from .variations import NEW_SEEDS, Variation, changes, edit_of, steps, with_seeds

PROMPT_LENGTH = 60
CHANGES, STEPS = "changes", "steps"
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
        board.on_press("edit", lambda *_: self._edit(), "Edit this picture")
        board.on_press("open", lambda *_: self._open(), "Open in the form")
        board.on_press("cell", lambda *_: self._cell(), "To cell")

    def choose(self, run: Run) -> None:
        """From now on the buttons are for this run. Any thread; pictures that went in are looked for elsewhere."""
        calls.session().loop.start(out_of_cell(self._chosen, run))

    def leave(self) -> None:
        """The buttons are for no run."""
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
        state = state_of(run)
        self._run, self._state = run, state
        self._draw()
        seed = run.seed
        self._lists = {
            CHANGES: () if seed is None else changes(state, seed),
            STEPS: () if seed is None else steps(state, seed),
        }
        self._picked = {CHANGES: 0, STEPS: 0}
        self._board.put_menu(
            run=run.id,
            title=f"From: {visible(shortened(run.prompt, PROMPT_LENGTH))}",
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

    def _edit(self) -> None:
        if self._run is not None:
            self._load(edit_of(self._run, self._run.model))

    def _open(self) -> None:
        if self._state is not None:
            self._load(self._state)

    def _cell(self) -> None:
        if self._run is not None:
            calls.session().loop.start(out_of_cell(self._write_cell, self._run))

    def _write_cell(self, run: Run) -> None:
        try:
            text, reason = cell_of(run), ""
        except RunflowError as error:
            text, reason = "", str(error)
        self._board.put_menu(cell=text)
        self._board.put("cell", "To cell", True, reason)
