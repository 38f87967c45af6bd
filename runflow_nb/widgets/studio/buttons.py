"""The buttons of a studio that buy."""

from __future__ import annotations

from collections.abc import Callable

from .board import Board
from .offer import Offer
from .presses import Presses
from .till import Place, Till, Wanted


class Buttons:
    """Puts tills on a board; two presses within a moment are one, on whichever of its buttons."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._presses = Presses()

    def priced(
        self, name: str, verb: str, wanted: Wanted, place: Place, heard: Callable[[Offer], None] | None = None
    ) -> Till:
        """A button with its price on it. See Till. `heard`: is told each offer too."""

        def show(offer: Offer, number: int) -> None:
            self._board.put(name, offer.label, offer.enabled, offer.reason, number, offer.remark)
            if heard is not None:
                heard(offer)

        till = Till(verb, wanted, place, show, self._presses)
        self._board.on_press(name, till.press)
        return till
