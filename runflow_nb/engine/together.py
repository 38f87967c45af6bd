"""Several orders placed together: agreed to as one sum, a few on their way at a time."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from ..errors import BudgetExceeded, RequestRefused, RunflowError
from ..models.price import Estimate, together
from ..money import usd
from ..record.run import Run
from ..settings import Settings
from .budget import NOTHING, Quote
from .engine import Engine
from .job import Job
from .order import Order
from .purchase import STOPPING

AT_ONCE = 4
"""Runs that are bought at a time: a refusal of key or credit is then heard before many more have gone out."""


class Together:
    """Orders of one store and one consent, each bought at no more than its part of it.

    Giving up the wait changes nothing for the runs that are begun.
    """

    def __init__(self, engine: Engine, orders: Sequence[Order], settings: Settings) -> None:
        """Looks up what each would cost; sends nothing. Blocks. Raises InvalidRequest."""
        self._engine = engine
        self._orders = list(orders)
        self._settings = settings
        self.quotes = [engine.quote(order, settings) for order in orders]
        self._jobs: list[Job | None] = [None] * len(orders)
        self._begun = 0
        self._refusal: RunflowError | None = None

    @property
    def due(self) -> list[Quote]:
        """Of those that would be bought."""
        return [quote for quote in self.quotes if not quote.on_record]

    def quote(self) -> Quote:
        """What all that is due costs together, and whether it would be bought. Blocks."""
        price = together([quote.price for quote in self.due])
        found = self._engine.quote_together(self._orders[0], price, self._settings)
        return found if found.refusal is None else replace(found, refusal=found.refusal.of(len(self.due)))

    def agree(self) -> None:
        """Refuse where the sum is not allowed. From here on each order has its share of the consent. Raises
        BudgetExceeded."""
        if not self.due:
            return
        if (refusal := self.quote().refusal) is not None:
            raise refusal
        limits = self._limits()
        for quote, limit in zip(self.quotes, limits, strict=True):
            if not quote.on_record and limit is not None and not _reaches(limit, quote.price):
                told = usd(self._orders[0].max_cost or NOTHING)
                remedy = "Raise --max-cost (in Python max_cost=), or ask for fewer at once."
                refusal = BudgetExceeded(str(self.quote().price), f"--max-cost {told}", NOTHING, NOTHING, remedy)
                raise refusal.of(len(self.due))
        # What is on record is not part of the sum: where it is no more, it is not bought.
        self._orders = [
            replace(
                order,
                yes=order.yes or not order.by_callback,
                max_cost=limit,
                agreed=quote.price.upper,
                free=order.free or quote.on_record,
            )
            for order, quote, limit in zip(self._orders, self.quotes, limits, strict=True)
        ]

    def _limits(self) -> list[Decimal | None]:
        """What each may cost: where nothing bounds it, an equal part of what the known prices leave of the limit."""
        limit = self._orders[0].max_cost
        if limit is None:
            return [None] * len(self._orders)
        open_ended = [quote for quote in self.due if quote.price.upper is None]
        left = limit - sum((quote.price.upper or NOTHING for quote in self.due), NOTHING)
        share = left / len(open_ended) if open_ended else NOTHING
        return [share if quote.price.upper is None else quote.price.upper for quote in self.quotes]

    def next(self) -> Job | None:
        """One that is still on its way, others begun beside it; None when all have ended. Raises nothing."""
        while self._begun < len(self._orders) and len(self._on_their_way()) < AT_ONCE:
            self._begin(self._begun)
            self._begun += 1
        return next(iter(self._on_their_way()), None)

    def _on_their_way(self) -> list[Job]:
        return [job for job in self._jobs if job is not None and not job.done()]

    def _begin(self, number: int) -> None:
        self._refusal = self._refusal or next(filter(None, map(_stopping, self._jobs)), None)
        if self._refusal is None or self.quotes[number].on_record:
            self._jobs[number] = self._engine.place(self._orders[number], self._settings)

    @property
    def ended(self) -> int:
        """How many have come to an end."""
        return sum(job is not None and job.done() for job in self._jobs)

    @property
    def begun(self) -> str:
        """Our id of a run that goes on, whoever waits, else of one that was bought; "" where there is none."""
        bought = [job for job in self._jobs if job is not None and job.bought]
        return next((job.id for job in (*self._on_their_way(), *bought) if job.id is not None), "")

    @property
    def bought(self) -> list[Estimate]:
        """The prices of those that were bought."""
        pairs = zip(self.quotes, self._jobs, strict=True)
        return [quote.price for quote, job in pairs if job is not None and job.bought]

    def withdraw(self) -> None:
        """Take back what is not bought yet."""
        for job in self._on_their_way():
            job.withdraw()

    def results(self) -> list[Run | RunflowError]:
        """What became of each, once all have ended."""
        return [self._result(job) for job in self._jobs]

    def _result(self, job: Job | None) -> Run | RunflowError:
        if job is None:
            assert self._refusal is not None
            return copy.copy(self._refusal)
        try:
            return job.wait(0)
        except RunflowError as error:
            return error


def _reaches(limit: Decimal, price: Estimate) -> bool:
    """Whether this share of a limit allows a price, as far as anything is known of it."""
    if price.upper is not None:
        return True
    return limit > NOTHING and limit >= max(price.amount or NOTHING, price.seen or NOTHING)


def _stopping(job: Job | None) -> RunflowError | None:
    """The refusal that the next create would meet too."""
    if job is None or not job.done():
        return None
    try:
        job.wait(0)
    except RequestRefused as refusal:
        return refusal if refusal.status in STOPPING else None
    except RunflowError:
        return None
    return None
