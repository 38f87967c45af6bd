"""A button that buys: its price follows what would be bought, and a press does what was read on it and no more.

A press is judged by the record, the budgets and the settings of its own moment: any cell may have changed them since
the price was put on the button. It is done where it costs no more than that.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence

from ... import calls
from ...engine.order import Order
from ...errors import InvalidRequest, Problem, RunflowError
from ...notebook.background import out_of_cell
from .cards import unexpected
from .offer import Offer, costs_no_more, offer
from .presses import Pressed, Presses
from .pricing import priced

DEBOUNCE = 0.12
"""Seconds without a change after which a price is computed. What was typed before a press may arrive after it."""
Wanted = Callable[[], Sequence[Order]]
Place = Callable[[Sequence[Order]], None]
Show = Callable[[Offer, int], None]
"""Puts an offer on the button, and its number: how often the button has bought before it."""


class Till:
    """Holds what is offered. Any thread may call it; prices are computed, and orders placed, in one that belongs to no
    cell."""

    def __init__(self, verb: str, wanted: Wanted, place: Place, show: Show, presses: Presses) -> None:
        """`verb`: what buying is called. `wanted`: what a press would order as things stand, nothing where there is
        nothing to offer; it may block, and raises RunflowError. `place`: does it. `show`: puts the offer on the button.
        `presses`: of the studio that the button belongs to.
        """
        self._verb = verb
        self._wanted = wanted
        self._place = place
        self._show = show
        self._presses = presses
        self._lock = threading.Lock()
        self._showing = threading.Lock()
        """One offer at a time: an older one would stay if it came after a newer one."""
        self._number = 0
        self._bought = 0
        self._offer = Offer(verb)
        self._pressed: Offer | None = None
        """What was on the button when it was pressed, until that is done or turns out to be too old."""

    def changed(self) -> None:
        """Something changed that the price depends on: it is computed anew, a moment after the last change."""
        with self._lock:
            self._number += 1
            number = self._number
        calls.session().loop.start(self._reprice(number))

    def press(self, pressed: Pressed) -> None:
        """The button was pressed."""
        if not self._presses.is_meant(pressed.at):
            return
        with self._lock:
            now = self._offer
            if (pressed.seen, pressed.number) != (now.label, self._bought) or not now.enabled:
                return  # what is offered by now is on its way to the page
            self._pressed = now
        self.changed()

    async def _reprice(self, number: int) -> None:
        await asyncio.sleep(DEBOUNCE)
        if number == self._number:
            await out_of_cell(self._compute, number)

    def _compute(self, number: int) -> None:
        now, sure = self._now()
        with self._showing:
            with self._lock:
                if number != self._number:
                    return
                seen, self._pressed = self._pressed, None
                meant = seen is not None and now.enabled and costs_no_more(now, seen)
                done = meant and (not now.asks or (seen is not None and seen.sure))
                shown = self._offer = sure if meant and now.asks else now
                self._bought += done
            self._show(shown, self._bought)
        if done:
            try:
                self._place(shown.orders)
            finally:
                self.changed()

    def _now(self) -> tuple[Offer, Offer]:
        """What is offered as things stand, and the same once it was asked whether that is meant."""
        try:
            settings = calls.session().settings()
            found = priced(self._wanted(), settings)
        except RunflowError as error:
            wrong = tuple(error.problems) if isinstance(error, InvalidRequest) else ()
            return (Offer(self._verb, reason=reason_of(error), problems=wrong),) * 2
        except Exception as error:  # noqa: BLE001 - nobody sees what is raised here, but a person waits for a price
            return (Offer(self._verb, reason=str(unexpected(error))),) * 2
        if not found:
            return (Offer(""),) * 2
        above = settings.confirm_above
        return offer(self._verb, found, above), offer(self._verb, found, above, agreed=True)


def reason_of(error: RunflowError) -> str:
    """Why a button cannot be pressed, in the words of the error that pressing it would end in."""
    return " ".join(map(_sentence, error.problems)) if isinstance(error, InvalidRequest) else str(error)


def _sentence(problem: Problem) -> str:
    given = f": {problem.given}" if problem.given else ""
    text = f"{problem.subject.replace('_', ' ')}{given} {problem.reason}."
    advice = f" Did you mean {problem.nearest}?" if problem.nearest else ""
    return f"{text[:1].upper()}{text[1:]}{advice}"
