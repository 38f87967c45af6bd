"""A button that buys: its price follows what would be bought, and a press does what was read on it and no more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from decimal import Decimal

from ... import calls
from ...engine.order import Order
from ...errors import InvalidRequest, Problem, RunflowError
from ...notebook.background import out_of_cell
from .offer import Offer, Priced, costs_no_more, offer
from .presses import Presses
from .pricing import priced

DEBOUNCE = 0.12
"""Seconds without a change after which a price is computed."""
Wanted = Callable[[], Sequence[Order]]
Place = Callable[[Sequence[Order]], None]


class Till:
    """Holds what is offered. Any thread may call it; prices are computed in one that belongs to no cell."""

    def __init__(
        self, verb: str, wanted: Wanted, place: Place, show: Callable[[Offer], None], presses: Presses
    ) -> None:
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
        self._number = 0
        self._offer = Offer(verb)
        self._priced: Sequence[Priced] = ()
        self._confirm_above = Decimal(0)
        self._fresh = False
        """Whether the offer is for things as they stand."""
        self._pressed: Offer | None = None
        """What was on the button when it was pressed before the price of what is wanted now was known."""

    def changed(self, delay: float = DEBOUNCE) -> None:
        """Something changed that the price depends on: it is computed anew, `delay` seconds after the last change."""
        with self._lock:
            self._number += 1
            self._fresh = False
            number = self._number
        calls.session().loop.start(self._reprice(number, delay))

    def press(self, seen: str, at: float) -> None:
        """The button was pressed, `at` seconds by the page's clock, with these words on it."""
        if not self._presses.is_meant(at):
            return
        with self._lock:
            now = self._offer
            if seen != now.label or not now.enabled:
                return  # what is offered by now is on its way to the page
            if not self._fresh:
                self._pressed = now
                return
            if now.asks:
                self._offer = offer(self._verb, self._priced, self._confirm_above, agreed=True)
        if now.asks:
            self._show(self._offer)
        else:
            self._go(now.orders)

    def _go(self, orders: Sequence[Order]) -> None:
        self._place(orders)
        self.changed()

    async def _reprice(self, number: int, delay: float) -> None:
        await asyncio.sleep(delay)
        if number == self._number:
            await out_of_cell(self._compute, number)

    def _compute(self, number: int) -> None:
        now, found, limit = self._now()
        with self._lock:
            if number != self._number:
                return
            seen, self._pressed = self._pressed, None
            self._offer, self._priced, self._confirm_above, self._fresh = now, found, limit, True
        self._show(now)
        if seen is not None and now.enabled and not now.asks and costs_no_more(now, seen):
            self._go(now.orders)

    def _now(self) -> tuple[Offer, Sequence[Priced], Decimal]:
        nothing: tuple[Priced, ...] = ()
        try:
            settings = calls.session().settings()
            found = priced(self._wanted(), settings)
        except RunflowError as error:
            wrong = tuple(error.problems) if isinstance(error, InvalidRequest) else ()
            return Offer(self._verb, reason=reason_of(error), problems=wrong), nothing, Decimal(0)
        if not found:
            return Offer(""), nothing, Decimal(0)
        return offer(self._verb, found, settings.confirm_above), found, settings.confirm_above


def reason_of(error: RunflowError) -> str:
    """Why a button cannot be pressed, in the words of the error that pressing it would end in."""
    return " ".join(map(_sentence, error.problems)) if isinstance(error, InvalidRequest) else str(error)


def _sentence(problem: Problem) -> str:
    given = f": {problem.given}" if problem.given else ""
    text = f"{problem.subject.replace('_', ' ')}{given} {problem.reason}."
    advice = f" Did you mean {problem.nearest}?" if problem.nearest else ""
    return f"{text[:1].upper()}{text[1:]}{advice}"
